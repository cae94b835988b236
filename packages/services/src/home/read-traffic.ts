import type { Transaction } from '@parley/db/client';
import { LATENCY_BUCKET_COUNT, percentile } from '@parley/domain/latency-buckets';
import { dayOf, firstIdAt } from '../keys/last-use.ts';
import { iso } from '../shapes.ts';
import type { Overview, Traffic } from './overview-shape.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

export type View = Overview['view'];

/** Column that holds the tenant whose calls are counted. */
const SIDE = { published: 'tenant_id', consumed: 'consumer_tenant_id' } as const satisfies Record<View, string>;

interface HourRow {
  hour: Date;
  requests: number;
  errors: number;
}

/** The last 24 clock hours (the running one included) against the 24 before, from the rollup. */
export async function readTraffic(tx: Transaction, tenantId: string, view: View, now: Date): Promise<Traffic> {
  const side = SIDE[view];
  const thisHour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const from = new Date(thisHour - (HOURS - 1) * HOUR_MS);
  const before = new Date(from.getTime() - HOURS * HOUR_MS);
  const hours = await tx.$queryRawUnsafe<HourRow[]>(
    `SELECT hour, sum(requests)::int AS requests, sum(client_errors + server_errors)::int AS errors
     FROM usage_rollups WHERE ${side} = $1::uuid AND hour >= $2 GROUP BY hour`,
    tenantId,
    before,
  );
  const buckets = await tx.$queryRawUnsafe<{ current: boolean; bucket: number; calls: number }[]>(
    `SELECT hour >= $3 AS current, (place - 1)::int AS bucket, sum(calls)::int AS calls
     FROM usage_rollups, unnest(latency_buckets) WITH ORDINALITY AS histogram(calls, place)
     WHERE ${side} = $1::uuid AND hour >= $2 AND calls > 0 GROUP BY 1, 2`,
    tenantId,
    before,
    from,
  );
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const costThisMonth = await tx.$queryRawUnsafe<Traffic['costThisMonth']>(
    `SELECT currency, sum(cost_nano)::text AS "costNano" FROM usage_rollups
     WHERE ${side} = $1::uuid AND hour >= $2 GROUP BY currency ORDER BY sum(cost_nano) DESC`,
    tenantId,
    monthStart,
  );

  const byHour = new Map(hours.map((row) => [row.hour.getTime(), row]));
  const figures = (current: boolean): Traffic['current'] => {
    const mine = hours.filter((row) => row.hour >= from === current);
    const histogram = new Array<number>(LATENCY_BUCKET_COUNT).fill(0);
    for (const row of buckets) if (row.current === current) histogram[row.bucket] = row.calls;
    return {
      requests: mine.reduce((sum, row) => sum + row.requests, 0),
      errors: mine.reduce((sum, row) => sum + row.errors, 0),
      p95Us: percentile(histogram, 0.95),
    };
  };
  return {
    current: figures(true),
    previous: figures(false),
    hours: Array.from({ length: HOURS }, (_, i) => {
      const time = from.getTime() + i * HOUR_MS;
      const row = byHour.get(time);
      return { at: new Date(time).toISOString(), requests: row?.requests ?? 0, errors: row?.errors ?? 0 };
    }),
    costThisMonth,
  };
}

/** What went wrong in the last 24 hours, the most frequent first; at most six kinds. */
export async function readErrors(
  tx: Transaction,
  tenantId: string,
  view: View,
  now: Date,
): Promise<Overview['errors']> {
  const since = new Date(now.getTime() - HOURS * HOUR_MS);
  const rows = await tx.$queryRawUnsafe<(Omit<Overview['errors'][number], 'lastAt'> & { lastAt: Date })[]>(
    `SELECT e.code, e.status::int AS status,
       coalesce(array_agg(DISTINCT a.name) FILTER (WHERE a.name IS NOT NULL), '{}') AS apis, count(*)::int AS calls,
       max(e.occurred_at) AS "lastAt", (max(e.id::text))::uuid AS "lastId"
     FROM usage_events e LEFT JOIN apis a ON a.tenant_id = e.tenant_id AND a.id = e.api_id
     WHERE e.${SIDE[view]} = $1::uuid AND e.event_day >= $2::date AND e.id >= $3::uuid AND e.status >= 400
     GROUP BY e.code, e.status ORDER BY calls DESC, "lastAt" DESC LIMIT 6`,
    tenantId,
    dayOf(since),
    firstIdAt(since),
  );
  return rows.map((row) => ({ ...row, lastAt: iso(row.lastAt) }));
}
