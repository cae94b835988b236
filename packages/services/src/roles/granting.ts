import type { Transaction } from '@parley/db/client';
import { BUILT_IN_ROLES, type BuiltInRole, permissionsOf } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '../context.ts';

interface RoleRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly builtIn: boolean;
  readonly permissions: readonly string[];
}

/** Finds a role of the open tenant by its short name; the fault stands beside the field `role`. */
export async function roleBySlug(tx: Transaction, tenantId: string, slug: string): Promise<RoleRow> {
  const role = await tx.role.findUnique({ where: { tenantId_slug: { tenantId, slug } } });
  if (role) return role;
  const message = `There is no role called “${slug}” in this tenant.`;
  throw new Fault('invalid_input', message, [{ path: 'role', message }]);
}

/** The owner's role: the one that only owners give and take. */
export function isOwnerRole(role: { slug: string; builtIn: boolean }): boolean {
  return role.builtIn && role.slug === 'owner';
}

/** What a role is for, in a sentence; custom roles have none. */
export function summaryOf(role: { slug: string; builtIn: boolean }): string {
  return role.builtIn && Object.hasOwn(BUILT_IN_ROLES, role.slug)
    ? BUILT_IN_ROLES[role.slug as BuiltInRole].summary
    : '';
}

/**
 * Nobody hands out more than they hold, and only owners make owners. A token acts with its scopes and is never an owner.
 * Throws `forbidden`.
 */
export async function mayGrant(tx: Transaction, context: Context, tenantId: string, role: RoleRow): Promise<void> {
  if (isOwnerRole(role)) return onlyOwners(tx, context, tenantId);
  const missing = [...permissionsOf(role)].filter((permission) => !context.permissions.has(permission));
  if (missing.length === 0) return;
  throw new Fault(
    'forbidden',
    `The role “${role.name}” allows more than you may do yourself (${missing.join(', ')}). Ask somebody who holds it.`,
  );
}

/** Throws `forbidden` unless an owner of the open tenant acts. */
export async function onlyOwners(tx: Transaction, context: Context, tenantId: string): Promise<void> {
  const held = context.userId
    ? await tx.membership.findFirst({ where: { tenantId, userId: context.userId }, include: { role: true } })
    : null;
  if (held && isOwnerRole(held.role)) return;
  throw new Fault('forbidden', 'Only an owner may make, change or remove owners.');
}

/**
 * Throws `invalid_state` when this membership is the tenant's only owner. The owners' rows stay locked until the
 * transaction ends, so that two owners cannot demote each other at the same moment.
 */
export async function keepAnOwner(tx: Transaction, tenantId: string, membershipId: string): Promise<void> {
  const owners = await tx.$queryRaw<{ id: string }[]>`
    SELECT m.id FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    WHERE m.tenant_id = ${tenantId}::uuid AND r.built_in AND r.slug = 'owner' ORDER BY m.id FOR UPDATE OF m`;
  if (owners.some((owner) => owner.id !== membershipId)) return;
  throw new Fault('invalid_state', 'This is the last owner. Make somebody else an owner first.');
}
