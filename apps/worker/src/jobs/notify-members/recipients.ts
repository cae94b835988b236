import type { Transaction } from '@parley/db/client';
import { isPermission, permissionsOf } from '@parley/domain/permissions';

export interface Recipient {
  readonly userId: string;
  readonly email: string;
  readonly tenantName: string;
}

/**
 * Members of a tenant whom a notice concerns: those whose role holds the permission (all, for `null`), or of these the
 * one person named. Somebody who is no member any more gets nothing; a permission nobody knows reaches nobody.
 */
export async function recipientsOf(
  tx: Transaction,
  notice: { tenantId: string; permission: string | null; userId: string | null },
): Promise<Recipient[]> {
  const { tenantId, permission, userId } = notice;
  if (permission !== null && !isPermission(permission)) return [];
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { name: true } });
  if (!tenant) return [];
  const memberships = await tx.membership.findMany({
    where: { tenantId, ...(userId === null ? {} : { userId }) },
    include: { role: true, user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
  });
  return memberships
    .filter(({ role }) => permission === null || permissionsOf(role).has(permission))
    .map((member) => ({ userId: member.userId, email: member.user.email, tenantName: tenant.name }));
}
