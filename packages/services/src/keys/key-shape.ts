import { scopeSchema } from '@parley/contracts/policies/callers/scope';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { lastUseByKey } from './last-use.ts';

export const secretViewShape = z.object({
  id: z.uuid(),
  /** Beginning and end, as much as may be shown again. */
  masked: z.string(),
  /** `grace`: replaced by a rotation and still accepted until `expiresAt`. */
  state: z.enum(['current', 'grace', 'ended']),
  createdAt: timeShape,
  expiresAt: optionalTimeShape,
  revokedAt: optionalTimeShape,
  lastUsedAt: optionalTimeShape,
});

/** A key with its secrets, newest first; never the secrets themselves. */
export const keyShape = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  createdAt: timeShape,
  /** Name of the person who made it; `null` for tokens and the system. */
  createdBy: z.string().nullable(),
  expiresAt: optionalTimeShape,
  revokedAt: optionalTimeShape,
  lastUsedAt: optionalTimeShape,
  /** What it may be used for, where an API asks for scopes. */
  scopes: z.array(z.string()),
  secrets: z.array(secretViewShape),
});
export type KeyView = z.input<typeof keyShape>;

/** A key whose secret was just made: the only time it can be read. */
export const revealedKeyShape = keyShape.extend({
  secret: z.string().describe('Shown this once; it cannot be read again.'),
});

/** What a credential may be used for: chosen by its owners, to narrow it. */
export const scopesShape = z.array(scopeSchema).max(50, 'At most 50 scopes.');

/** A key's expiry as input; the past is refused. */
export const expiryShape = z.iso
  .datetime('Give a time such as 2027-01-31T00:00:00Z.')
  .refine((time) => Date.parse(time) > Date.now(), 'This lies in the past. Choose a later time, or none.');

/** Keys of an application, newest first, or the one of that id. */
export async function readKeys(
  tx: Transaction,
  tenantId: string,
  which: { applicationId: string; id?: string },
): Promise<KeyView[]> {
  const rows = await tx.apiKey.findMany({
    where: { tenantId, ...which },
    orderBy: { id: 'desc' },
    include: { secrets: { orderBy: { id: 'desc' } } },
  });
  const makers = await tx.user.findMany({
    where: { id: { in: rows.flatMap((row) => row.createdById ?? []) } },
    select: { id: true, name: true },
  });
  const names = new Map(makers.map((maker) => [maker.id, maker.name]));
  const uses = await lastUseByKey(tx, tenantId, which.applicationId);
  const now = Date.now();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    state: row.revokedAt ? 'revoked' : past(row.expiresAt, now) ? 'expired' : 'active',
    createdAt: iso(row.createdAt),
    createdBy: names.get(row.createdById ?? '') ?? null,
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    scopes: row.scopes,
    lastUsedAt: iso(latest([uses.get(row.id) ?? null, ...row.secrets.map((secret) => secret.lastUsedAt)])),
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      masked: secret.masked,
      state:
        secret.revokedAt || row.revokedAt || past(secret.expiresAt, now)
          ? 'ended'
          : secret.expiresAt
            ? 'grace'
            : 'current',
      createdAt: iso(secret.createdAt),
      expiresAt: iso(secret.expiresAt),
      revokedAt: iso(secret.revokedAt),
      lastUsedAt: iso(secret.lastUsedAt),
    })),
  }));
}

/**
 * The key of that id in the open tenant, locked until the transaction ends, so that a rotation and a revocation at the
 * same time follow one another. Throws `not_found`.
 */
export async function holdKey(tx: Transaction, tenantId: string, id: string) {
  await tx.$queryRaw`SELECT 1 FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  const key = await tx.apiKey.findUnique({ where: { tenantId_id: { tenantId, id } }, include: { application: true } });
  if (!key) throw new Fault('not_found', 'There is no such key in this tenant.');
  return key;
}

function past(time: Date | null, nowMs: number): boolean {
  return time !== null && time.getTime() <= nowMs;
}

function latest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((best, time) => (time && (!best || time > best) ? time : best), null);
}
