import type { Transaction } from '@parley/db/client';
import { API_VERSION_STATES } from '@parley/domain/api-version-lifecycle';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { iso, slugShape, timeShape } from '../shapes.ts';

/** A further name of one of an API's versions. */
export const aliasShape = z.object({
  alias: z.string(),
  version: z.string(),
  state: z.enum(API_VERSION_STATES),
  /** Where it was before it was moved; `null` while it never was. */
  previous: z.string().nullable(),
  movedAt: timeShape,
  url: z.string(),
});

export const aliasInput = slugShape.describe('The alias, as it stands in addresses');

/** The aliases of an API by name. */
export async function readAliases(
  tx: Transaction,
  of: { tenantId: string; apiId: string; base: string },
): Promise<z.input<typeof aliasShape>[]> {
  const { tenantId, apiId, base } = of;
  const rows = await tx.apiAlias.findMany({ where: { tenantId, apiId }, orderBy: { alias: 'asc' } });
  const ids = rows.flatMap((row) => [row.apiVersionId, row.previousVersionId ?? row.apiVersionId]);
  const versions = await tx.apiVersion.findMany({ where: { tenantId, id: { in: ids } } });
  const byId = new Map(versions.map((version) => [version.id, version]));
  return rows.flatMap((row) => {
    const version = byId.get(row.apiVersionId);
    if (version === undefined) return [];
    return [
      {
        alias: row.alias,
        version: version.version,
        state: version.state,
        previous: byId.get(row.previousVersionId ?? '')?.version ?? null,
        movedAt: iso(row.movedAt),
        url: `${base}/${row.alias}`,
      },
    ];
  });
}

/** The row of an alias with its API. Throws `not_found`. */
export async function findAlias(tx: Transaction, tenantId: string, apiSlug: string, alias: string) {
  const api = await findApi(tx, tenantId, apiSlug);
  const row = await tx.apiAlias.findUnique({ where: { tenantId_apiId_alias: { tenantId, apiId: api.id, alias } } });
  if (!row) throw new Fault('not_found', `“${apiSlug}” has no alias “${alias}”.`);
  return { api, row };
}

/** The list of an API's aliases as verbs answer with it. */
export async function aliasesOut(tx: Transaction, gatewayUrl: string, tenantId: string, apiSlug: string) {
  const api = await findApi(tx, tenantId, apiSlug);
  const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  return { items: await readAliases(tx, { tenantId, apiId: api.id, base: `${gatewayUrl}/${slug}/${api.slug}` }) };
}

export const aliasesShape = z.object({ items: z.array(aliasShape) });
