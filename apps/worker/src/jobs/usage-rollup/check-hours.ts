import type { Pool } from 'pg';
import type { DirtyHour } from './recompute.ts';

/**
 * Compares the rollups since `from` with their events and marks every hour that differs and is not marked already.
 * Returns those hours: none, unless something wrote past the ingestion or a rollup went wrong.
 */
export async function checkHours(pool: Pool, from: Date): Promise<DirtyHour[]> {
  const { rows } = await pool.query<{ tenant_id: string; hour: Date }>(
    `WITH events AS (
       SELECT tenant_id, date_trunc('hour', occurred_at, 'UTC') AS hour, count(*) FILTER (WHERE purpose IS NULL) AS requests, sum(cost_nano) AS cost_nano
       FROM usage_events WHERE event_day >= ($1::timestamptz AT TIME ZONE 'UTC')::date AND occurred_at >= $1 GROUP BY 1, 2
     ), rollups AS (
       SELECT tenant_id, hour, sum(requests) AS requests, sum(cost_nano) AS cost_nano
       FROM usage_rollups WHERE hour >= $1 GROUP BY 1, 2
     ), marked AS (
       INSERT INTO rollup_dirty_hours (tenant_id, hour)
       SELECT tenant_id, hour FROM events FULL JOIN rollups USING (tenant_id, hour)
       WHERE (events.requests, events.cost_nano) IS DISTINCT FROM (rollups.requests, rollups.cost_nano)
       ON CONFLICT DO NOTHING RETURNING tenant_id, hour
     )
     SELECT tenant_id, hour FROM marked`,
    [from],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, hour: row.hour }));
}
