import type { PoolClient } from 'pg';

/** Rows of one tenant and hour that are kept apart, the dearest first: callers choose the values, and may send a new one each time. */
export const ATTRIBUTED_ROWS = 1000;

const NIL = "'00000000-0000-0000-0000-000000000000'::uuid";
const KEPT = `place <= ${ATTRIBUTED_ROWS}`;

/** What calls without end user and tags cost here is one look into an index that does not hold them. */
const COMPUTE = `
INSERT INTO usage_attribution (tenant_id, hour, dimension, name, value, consumer_tenant_id, application_id, api_id, currency,
  requests, input_tokens, output_tokens, cost_nano)
WITH summed AS (
  SELECT dimension, name, value, consumer_tenant_id, application_id, coalesce(api_id, ${NIL}) AS api_id, currency,
    count(*) FILTER (WHERE purpose IS NULL) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cost_nano) AS cost_nano
  FROM usage_events CROSS JOIN LATERAL (
    SELECT 'user' AS dimension, '' AS name, end_user AS value WHERE end_user IS NOT NULL
    UNION ALL SELECT 'tag', key, jsonb_each_text.value FROM jsonb_each_text(coalesce(tags, '{}'))
  ) said
  WHERE tenant_id = $1::uuid AND event_day = $3::date AND id >= $4::uuid AND id < $5::uuid
    AND (end_user IS NOT NULL OR tags IS NOT NULL)
  GROUP BY 1, 2, 3, 4, 5, 6, 7
), placed AS (
  SELECT *, row_number() OVER (ORDER BY cost_nano DESC, requests DESC, dimension, name, value) AS place FROM summed
)
SELECT $1::uuid, $2::timestamptz, dimension, CASE WHEN ${KEPT} THEN name ELSE '' END, CASE WHEN ${KEPT} THEN value ELSE '' END,
  consumer_tenant_id, CASE WHEN ${KEPT} THEN application_id ELSE ${NIL} END, CASE WHEN ${KEPT} THEN api_id ELSE ${NIL} END,
  currency, sum(requests), sum(input_tokens), sum(output_tokens), sum(cost_nano)
FROM placed GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;

/** Which calls: of a tenant, by the hour and the ids that are made within it. */
export interface HourOfCalls {
  readonly tenantId: string;
  readonly hour: Date;
  readonly firstId: string;
  readonly endId: string;
}

/** Recomputes the sums by end user and tag of one tenant and hour, within the transaction that recomputes its rollup. */
export async function recomputeAttribution(
  client: PoolClient,
  { tenantId, hour, firstId, endId }: HourOfCalls,
): Promise<void> {
  await client.query('DELETE FROM usage_attribution WHERE tenant_id = $1 AND hour = $2', [tenantId, hour]);
  await client.query(COMPUTE, [tenantId, hour, hour.toISOString().slice(0, 10), firstId, endId]);
}
