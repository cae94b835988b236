import type { Database } from '@parley/db/client';
import { NIL_ID } from '../usage/dimensions.ts';
import { ROLLUP_DIMENSIONS, ROLLUP_SUMS } from '../usage/rollup-sql.ts';

const NAMES = Object.keys(ROLLUP_DIMENSIONS).join(', ');
const OF = Object.values(ROLLUP_DIMENSIONS).join(', ');

/** Sums the calls of a tenant by hours, with the expressions that the worker sums them with. `db` as the worker. */
export async function rollUp(db: Database, tenantId: string): Promise<void> {
  const sums = Object.entries(ROLLUP_SUMS);
  await db.within({}, async (tx) => {
    await tx.$executeRawUnsafe(
      `INSERT INTO usage_rollups (tenant_id, hour, ${NAMES}, ${sums.map(([name]) => name).join(', ')})
       SELECT tenant_id, date_trunc('hour', occurred_at), ${OF}, ${sums.map(([, of]) => of).join(', ')}
       FROM usage_events WHERE tenant_id = $1::uuid GROUP BY tenant_id, date_trunc('hour', occurred_at), ${OF}`,
      tenantId,
    );
    await tx.$executeRawUnsafe(
      `INSERT INTO usage_attribution (tenant_id, hour, dimension, name, value, consumer_tenant_id, application_id, api_id, currency,
         requests, input_tokens, output_tokens, cost_nano)
       SELECT tenant_id, date_trunc('hour', occurred_at), dimension, name, value, consumer_tenant_id, application_id,
         coalesce(api_id, '${NIL_ID}'), currency, count(*), sum(input_tokens), sum(output_tokens), sum(cost_nano)
       FROM usage_events CROSS JOIN LATERAL (
         SELECT 'user' AS dimension, '' AS name, end_user AS value WHERE end_user IS NOT NULL
         UNION ALL SELECT 'tag', key, said.value FROM jsonb_each_text(coalesce(tags, '{}')) said) of_call
       WHERE tenant_id = $1::uuid GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
      tenantId,
    );
  });
}
