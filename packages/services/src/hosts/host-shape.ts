import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

export const HOST_STATES = ['pending', 'verified', 'removed'] as const;

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`);

/** A DNS name of at least two labels; international ones in their ASCII form (xn--…). */
export const hostInput = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, 'At most 253 characters.')
  .regex(HOST, 'A host like api.acme.com, without scheme, port or path.');

export const hostShape = z.object({
  id: z.uuid(),
  host: z.string(),
  /** Short name of the only API it is for; `null` for all of the tenant's. */
  api: z.string().nullable(),
  state: z.enum(HOST_STATES),
  /** The TXT record that shows that it is the tenant's. */
  record: z.object({ name: z.string(), value: z.string() }),
  /** Why it could not be verified when that was last tried. */
  problem: z.string().nullable(),
  createdAt: timeShape,
  checkedAt: optionalTimeShape,
  verifiedAt: optionalTimeShape,
});

export const recordName = (host: string): string => `_parley.${host}`;
export const recordValue = (token: string): string => `parley-verify=${token}`;

/** The tenant's hosts by name, or the one of that id; removed ones are left out. */
export async function readHosts(
  tx: Transaction,
  tenantId: string,
  which: { id?: string } = {},
): Promise<z.input<typeof hostShape>[]> {
  const rows = await tx.tenantHost.findMany({
    where: { tenantId, ...which, state: { not: 'removed' } },
    orderBy: { host: 'asc' },
  });
  const ids = rows.flatMap(({ apiId }) => (apiId === null ? [] : [apiId]));
  const apis = await tx.api.findMany({ where: { tenantId, id: { in: ids } }, select: { id: true, slug: true } });
  return rows.map(({ id, host, apiId, state, token, problem, createdAt, checkedAt, verifiedAt }) => ({
    id,
    host,
    api: apis.find((api) => api.id === apiId)?.slug ?? null,
    state,
    record: { name: recordName(host), value: recordValue(token) },
    problem,
    createdAt: iso(createdAt),
    checkedAt: iso(checkedAt),
    verifiedAt: iso(verifiedAt),
  }));
}

/** A host of the tenant that was not removed. Throws `not_found`. */
export async function findHost(tx: Transaction, tenantId: string, id: string) {
  const row = await tx.tenantHost.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row || row.state === 'removed') throw new Fault('not_found', 'There is no such host here.');
  return row;
}
