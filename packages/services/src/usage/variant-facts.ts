import type { Transaction } from '@parley/db/client';
import { addBuckets, emptyBuckets, percentile } from '@parley/domain/latency-buckets';
import { z } from 'zod';
import { callsWithin } from './facts.ts';
import { BUCKET_EDGES_US } from './rollup-sql.ts';
import { SqlValues } from './sql-values.ts';

/** The newest calls that are compared: more tell nothing else, and would make the page wait. */
export const MOST_CALLS = 20_000;

/** How the calls of one variant went. */
export const variantFigures = z.object({
  calls: z.number().int(),
  /** Those that went to the upstream; the others were answered from what is kept, or refused before. */
  upstreamCalls: z.number().int(),
  /** Of those, answered with 500 or above, or broken off by the upstream. */
  failed: z.number().int(),
  /** Time at the upstream in microseconds; `null` without calls. */
  p50Us: z.number().int().nullable(),
  p95Us: z.number().int().nullable(),
});
export type VariantFigures = z.output<typeof variantFigures>;

export interface VariantFacts {
  /** By route id and variant name. */
  readonly of: (routeIds: readonly string[], variant: string) => VariantFigures;
  /** Time of the oldest call that was counted, where there were more than are; else `null`. */
  readonly cutAtMs: number | null;
}

interface Row {
  readonly routeId: string | null;
  readonly variant: string;
  readonly calls: number;
  readonly upstreamCalls: number;
  readonly failed: number;
  readonly latency: number;
  readonly oldestMs: number;
}

/** What the newest calls of a version's variants add up to, at most `mostCalls` of them within the window. */
export async function readVariantFacts(
  tx: Transaction,
  query: { tenantId: string; apiVersionId: string; fromMs: number; toMs: number; mostCalls?: number },
): Promise<VariantFacts> {
  const values = new SqlValues();
  const most = query.mostCalls ?? MOST_CALLS;
  const edges = values.add(BUCKET_EDGES_US, 'float8[]');
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT route_id AS "routeId", variant, count(*)::int AS calls,
       (count(*) FILTER (WHERE attempts > 0))::int AS "upstreamCalls",
       (count(*) FILTER (WHERE attempts > 0 AND (status >= 500 OR aborted_by = 'upstream')))::int AS failed,
       width_bucket(upstream_us::float8, ${edges}) AS latency,
       (extract(epoch FROM min(occurred_at)) * 1000)::float8 AS "oldestMs"
     FROM (SELECT route_id, variant, attempts, status, aborted_by, upstream_us, occurred_at FROM usage_events
       WHERE tenant_id = ${values.add(query.tenantId, 'uuid')} AND variant IS NOT NULL
         AND api_version_id = ${values.add(query.apiVersionId, 'uuid')}
         AND ${callsWithin(query.fromMs, query.toMs, values)}
       ORDER BY event_day DESC, id DESC LIMIT ${values.add(most, 'int')}) AS newest
     GROUP BY 1, 2, 6`,
    ...values.list,
  );
  const counted = rows.reduce((sum, { calls }) => sum + calls, 0);
  return {
    of: (routeIds, variant) =>
      addUp(rows.filter((row) => row.variant === variant && row.routeId !== null && routeIds.includes(row.routeId))),
    cutAtMs: counted < most ? null : Math.min(...rows.map(({ oldestMs }) => oldestMs)),
  };
}

function addUp(rows: readonly Row[]): VariantFigures {
  const latency = emptyBuckets();
  const sums = { calls: 0, upstreamCalls: 0, failed: 0 };
  for (const row of rows) {
    sums.calls += row.calls;
    sums.upstreamCalls += row.upstreamCalls;
    sums.failed += row.failed;
    const own = emptyBuckets();
    own[row.latency] = row.upstreamCalls;
    addBuckets(latency, own);
  }
  return { ...sums, p50Us: percentile(latency, 0.5), p95Us: percentile(latency, 0.95) };
}
