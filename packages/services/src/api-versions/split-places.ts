import type { Policies } from '@parley/contracts/policies';
import type { Transaction } from '@parley/db/client';

export type Split = NonNullable<Policies['split']>;

/** Revisions looked through for the last change of what is split. */
const LOOKED_THROUGH = 50;

interface Row {
  readonly number: number;
  readonly createdAt: Date;
  readonly split: string;
}

/**
 * The revision from which on a version's traffic is split as it is now: the oldest of those in a row, up to the one served,
 * that split alike. `null` before the first revision.
 */
export async function splitSince(
  tx: Transaction,
  { tenantId, apiVersionId, revision }: { tenantId: string; apiVersionId: string; revision: number },
): Promise<{ number: number; createdAt: Date } | null> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT number, created_at AS "createdAt", md5(jsonb_build_array(
      definition #> '{policies,split}',
      (SELECT jsonb_agg(jsonb_build_array(route -> 'method', route -> 'path', route #> '{policies,split}'))
       FROM jsonb_array_elements(coalesce(definition -> 'routes', '[]')) AS route
       WHERE route -> 'policies' ? 'split'))::text) AS split
    FROM api_revisions
    WHERE tenant_id = ${tenantId}::uuid AND api_version_id = ${apiVersionId}::uuid AND number <= ${revision}
    ORDER BY number DESC LIMIT ${LOOKED_THROUGH}`;
  const [served] = rows;
  if (!served) return null;
  const changed = rows.findIndex(({ split }) => split !== served.split);
  const { number, createdAt } = rows.at(changed === -1 ? -1 : changed - 1) as Row;
  return { number, createdAt };
}
