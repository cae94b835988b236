import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import type { Dimension } from './dimensions.ts';

/** A thing that usage belongs to. `name` is `null` when it is gone or is not this tenant's to see. */
export const namedShape = z.object({ id: z.string(), name: z.string().nullable(), slug: z.string().nullable() });
export type Named = z.output<typeof namedShape>;

type Row = { id: string; name: string | null; slug: string | null };

/** Looks ids of one kind up, as far as the open tenant may see them. */
const LOOK_UP: Readonly<Record<Dimension, (tx: Transaction, ids: string[]) => Promise<Row[]>>> = {
  api: (tx, ids) => tx.api.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, slug: true } }),
  async apiVersion(tx, ids) {
    const rows = await tx.apiVersion.findMany({
      where: { id: { in: ids } },
      select: { id: true, version: true, tenantId: true, apiId: true },
    });
    const apis = await LOOK_UP.api(tx, [...new Set(rows.map((row) => row.apiId))]);
    const nameOf = new Map(apis.map((api) => [api.id, api.name]));
    return rows.map(({ id, version, apiId }) => ({
      id,
      name: `${nameOf.get(apiId) ?? ''} ${version}`.trim(),
      slug: version,
    }));
  },
  application: (tx, ids) =>
    tx.application.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, slug: true } }),
  async key(tx, ids) {
    const which = { where: { id: { in: ids } }, select: { id: true, name: true } };
    const keys = await tx.apiKey.findMany(which);
    // What an identity called stands in a key's place.
    const identities = await tx.applicationIdentity.findMany(which);
    return [...keys, ...identities].map((row) => ({ ...row, slug: null }));
  },
  plan: (tx, ids) => tx.plan.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, slug: true } }),
  model: async (_tx, names) => names.map((name) => ({ id: name, name, slug: name })),
  consumer: tenants,
  publisher: tenants,
};

function tenants(tx: Transaction, ids: string[]): Promise<Row[]> {
  return tx.tenant.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, slug: true } });
}

/** Names for ids of one kind; every id gets an entry. */
export async function namesOf(
  tx: Transaction,
  dimension: Dimension,
  ids: Iterable<string | null>,
): Promise<ReadonlyMap<string, Named>> {
  const wanted = [...new Set(ids)].filter((id): id is string => id !== null && id !== '');
  const found = new Map((wanted.length > 0 ? await LOOK_UP[dimension](tx, wanted) : []).map((row) => [row.id, row]));
  return new Map(wanted.map((id) => [id, found.get(id) ?? { id, name: null, slug: null }]));
}
