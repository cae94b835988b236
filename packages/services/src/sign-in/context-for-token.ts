import { isPermission, permissionsOf } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import { hashSecretToken, isSecretToken } from '@parley/kernel/secret-token';
import type { Context } from '../context.ts';
import type { Ground } from './ground.ts';

/** How old `lastUsedAt` may get before a use writes it again. */
const USE_NOTED_EVERY_MS = 60_000;

const UNKNOWN = 'This management token is not valid. Make one in Settings → Tokens.';

/**
 * The context of a management token (`pm_live_…`): its tenant, and of its scopes those that the role of the person who
 * made it still grants. Throws `unauthenticated` when it is malformed, unknown, revoked or expired, or its maker has
 * left the tenant.
 */
export async function contextForToken(ground: Ground, token: string, nowMs: number = Date.now()): Promise<Context> {
  if (!isSecretToken('pm_live', token)) throw new Fault('unauthenticated', UNKNOWN);
  const secretHash = hashSecretToken(token, ground.settings.keyPepper);
  return ground.db.within({ secretHash }, async (tx) => {
    const row = await tx.managementToken.findUnique({ where: { tokenHash: secretHash } });
    if (!row) throw new Fault('unauthenticated', UNKNOWN);
    if (row.revokedAt) throw new Fault('unauthenticated', 'This management token was revoked.');
    if (row.expiresAt && row.expiresAt.getTime() <= nowMs) {
      throw new Fault('unauthenticated', 'This management token has expired. Make a new one in Settings → Tokens.');
    }
    await tx.$executeRaw`SELECT set_config('app.tenant', ${row.tenantId}, true)`;
    const maker = await tx.membership.findFirst({
      where: { tenantId: row.tenantId, userId: row.createdById },
      include: { role: true },
    });
    if (!maker) {
      throw new Fault(
        'unauthenticated',
        'Whoever made this management token has left the tenant, so it no longer works.',
      );
    }
    if (!row.lastUsedAt || nowMs - row.lastUsedAt.getTime() > USE_NOTED_EVERY_MS) {
      await tx.managementToken.updateMany({
        where: { tenantId: row.tenantId, id: row.id },
        data: { lastUsedAt: new Date(nowMs) },
      });
    }
    const held = permissionsOf(maker.role);
    return {
      ...ground,
      actor: { kind: 'token', id: row.id, label: `token “${row.name}”` },
      tenantId: row.tenantId,
      userId: null,
      permissions: new Set(row.scopes.filter(isPermission).filter((scope) => held.has(scope))),
    };
  });
}
