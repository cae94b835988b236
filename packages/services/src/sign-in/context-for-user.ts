import { permissionsOf } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '../context.ts';
import type { Ground } from './ground.ts';

interface PersonRow {
  readonly name: string;
  readonly email: string;
  readonly session_epoch: number;
  readonly tenant_id: string | null;
  readonly slug: string | null;
  readonly built_in: boolean | null;
  readonly permissions: string[] | null;
}

/**
 * The context of a signed-in person, with the tenant of this slug open when one is named. Everything is read anew, so a
 * changed role or a removed membership counts from the next request.
 *
 * Throws `unauthenticated` when the person is gone or has ended their sessions (`sessionEpoch` differs), `not_found`
 * when they do not belong to such a tenant (or there is none: both look the same).
 */
export async function contextForUser(
  ground: Ground,
  who: { userId: string; sessionEpoch?: number; tenantSlug?: string | null },
): Promise<Context> {
  const slug = who.tenantSlug ?? null;
  const [row] = await ground.db.within(
    { userId: who.userId },
    (tx) =>
      tx.$queryRaw<PersonRow[]>`
      SELECT u.name, u.email, u.session_epoch, held.tenant_id, held.slug, held.built_in, held.permissions
      FROM users u LEFT JOIN (
        SELECT m.user_id, m.tenant_id, r.slug, r.built_in, r.permissions FROM memberships m
        JOIN tenants t ON t.id = m.tenant_id AND t.slug = ${slug}
        JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
      ) held ON held.user_id = u.id
      WHERE u.id = ${who.userId}::uuid`,
  );
  if (!row || (who.sessionEpoch !== undefined && who.sessionEpoch !== row.session_epoch)) {
    throw new Fault('unauthenticated', 'Your session has ended. Sign in again.');
  }
  if (slug !== null && row.tenant_id === null) {
    throw new Fault('not_found', `You do not belong to a tenant called “${slug}”.`);
  }
  return {
    ...ground,
    actor: { kind: 'user', id: who.userId, label: `${row.name} <${row.email}>` },
    tenantId: row.tenant_id,
    userId: who.userId,
    permissions:
      row.slug === null
        ? new Set()
        : permissionsOf({ slug: row.slug, builtIn: row.built_in === true, permissions: row.permissions ?? [] }),
  };
}
