import { LATENCY_BUCKET_COUNT } from '@parley/domain/latency-buckets';
import { BUCKET_EDGES_US, ROLLUP_DIMENSIONS, ROLLUP_SUMS } from '@parley/services/usage/rollup-sql';
import type { Pool, PoolClient } from 'pg';
import { recomputeAttribution } from './attribution.ts';
import { recomputeBilling } from './billing.ts';

const DIMENSIONS = Object.keys(ROLLUP_DIMENSIONS).join(', ');
const SUMS = Object.keys(ROLLUP_SUMS);
const HOUR_MS = 3_600_000;

/** A histogram in full length from what one group counted: bucket numbers and, beside each, how many. */
const histogram = (buckets: string): string => `
  (SELECT array_agg(coalesce(of_bucket.calls, 0)::int ORDER BY bucket)
   FROM generate_series(0, ${LATENCY_BUCKET_COUNT - 1}) AS bucket
   LEFT JOIN (SELECT b, sum(c) AS calls FROM unnest(${buckets}, calls) AS counted (b, c) GROUP BY b) AS of_bucket ON b = bucket)`;

/**
 * All rollup rows of one tenant and hour from its events. Grouped twice: by dimensions and latency buckets, which bounds
 * the rows by what differs and not by how many events there are, then by dimensions. Events of an hour are a range of ids.
 */
const COMPUTE = `
INSERT INTO usage_rollups (tenant_id, hour, ${DIMENSIONS}, ${SUMS.join(', ')}, latency_buckets, ttft_buckets, computed_at)
WITH counted AS (
  SELECT ${Object.entries(ROLLUP_DIMENSIONS)
    .map(([name, of]) => `${of} AS ${name}`)
    .join(', ')},
    width_bucket(duration_us::float8, $6::float8[]) AS latency,
    CASE WHEN ttft_us IS NOT NULL THEN width_bucket(ttft_us::float8, $6::float8[]) END AS ttft,
    ${Object.entries(ROLLUP_SUMS)
      .map(([name, of]) => `${of} AS ${name}`)
      .join(', ')}
  FROM usage_events
  WHERE tenant_id = $1::uuid AND event_day = $3::date AND id >= $4::uuid AND id < $5::uuid
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), grouped AS (
  SELECT ${DIMENSIONS}, ${SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ')},
    array_agg(latency) AS latencies, array_agg(ttft) AS ttfts, array_agg(requests) AS calls
  FROM counted GROUP BY ${DIMENSIONS}
)
SELECT $1::uuid, $2::timestamptz, ${DIMENSIONS}, ${SUMS.join(', ')}, ${histogram('latencies')}, ${histogram('ttfts')}, clock_timestamp()
FROM grouped`;

export interface DirtyHour {
  readonly tenantId: string;
  readonly hour: Date;
}

/**
 * Recomputes the rollup of one tenant and hour from its events, all in one transaction. The mark is cleared only if no
 * event came after it was read. False when another worker is at this hour: it will see the mark.
 */
export async function recomputeHour(pool: Pool, { tenantId, hour }: DirtyHour): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const taken = await lock(client, tenantId, hour);
    if (taken) await recompute(client, tenantId, hour);
    await client.query(taken ? 'COMMIT' : 'ROLLBACK');
    return taken;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection whose transaction failed is closed rather than given back half way through it.
    client.release(broken);
  }
}

async function lock(client: PoolClient, tenantId: string, hour: Date): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
    [`rollup:${tenantId}:${hour.getTime()}`],
  );
  return rows[0]?.taken === true;
}

async function recompute(client: PoolClient, tenantId: string, hour: Date): Promise<void> {
  const { rows } = await client.query<{ generation: string }>(
    'SELECT generation FROM rollup_dirty_hours WHERE tenant_id = $1 AND hour = $2',
    [tenantId, hour],
  );
  await client.query('DELETE FROM usage_rollups WHERE tenant_id = $1 AND hour = $2', [tenantId, hour]);
  const firstId = firstIdOf(hour.getTime());
  const endId = firstIdOf(hour.getTime() + HOUR_MS);
  const events = [tenantId, hour, hour.toISOString().slice(0, 10), firstId, endId];
  await client.query(COMPUTE, [...events, BUCKET_EDGES_US]);
  await recomputeAttribution(client, { tenantId, hour, firstId, endId });
  await recomputeBilling(client, events);
  await client.query('DELETE FROM rollup_dirty_hours WHERE tenant_id = $1 AND hour = $2 AND generation = $3', [
    tenantId,
    hour,
    rows[0]?.generation ?? null,
  ]);
}

/** The smallest UUID with this timestamp: ids made from then on are not below it. */
function firstIdOf(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
