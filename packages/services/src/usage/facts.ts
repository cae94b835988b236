import type { Transaction } from '@parley/db/client';
import { addBuckets, emptyBuckets, LATENCY_BUCKET_COUNT } from '@parley/domain/latency-buckets';
import { DIMENSIONS, type Dimension, NIL_ID } from './dimensions.ts';
import { BUCKET_EDGES_US, ROLLUP_SUMS } from './rollup-sql.ts';
import { SqlValues } from './sql-values.ts';
import { filterSql, sideSql, type UsageFilter } from './usage-filter.ts';
import type { Window } from './window.ts';

/** What one group of calls adds up to. */
export interface Fact {
  /** Start of the step, Unix ms; 0 where facts are not cut into steps. */
  readonly atMs: number;
  /** The group: an id, a model's name, or an empty text for calls without one. */
  readonly key: string;
  readonly currency: string;
  readonly sums: Sums;
  readonly latency: number[];
  readonly ttft: number[];
}

export interface Sums {
  requests: number;
  clientErrors: number;
  serverErrors: number;
  limited: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  requestBytes: number;
  responseBytes: number;
  durationUs: number;
  costNano: bigint;
}

export interface FactQuery {
  readonly tenantId: string;
  readonly filter: UsageFilter;
  readonly window: Window;
  /** Cut into the window's steps, or only added up. */
  readonly bySteps: boolean;
  readonly dimension: Dimension | null;
  /** Leave the histograms empty: adding them up is most of the work where a range is long. */
  readonly withoutLatency?: boolean;
}

/** Figures read in full as numbers; exact up to 2^53, which no count of tokens reaches. Cost stays exact. */
const NUMBERS: Readonly<Record<Exclude<keyof Sums, 'costNano'>, keyof typeof ROLLUP_SUMS>> = {
  requests: 'requests',
  clientErrors: 'client_errors',
  serverErrors: 'server_errors',
  limited: 'limited',
  inputTokens: 'input_tokens',
  cachedInputTokens: 'cached_input_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  requestBytes: 'request_bytes',
  responseBytes: 'response_bytes',
  durationUs: 'duration_us',
};

interface Row extends Record<keyof typeof NUMBERS, number> {
  atMs: number;
  key: string | null;
  currency: string;
  cost: string;
  latency: number[] | number | null;
  ttft: number[] | number | null;
}

/** Reads the facts of a window, one per step, group and currency, from calls or rollups as the window says. */
export async function readFacts(tx: Transaction, query: FactQuery): Promise<Fact[]> {
  return query.window.step === 'minute' ? factsOfCalls(tx, query) : factsOfRollups(tx, query);
}

async function factsOfRollups(tx: Transaction, query: FactQuery): Promise<Fact[]> {
  const { window, tenantId, filter } = query;
  const values = new SqlValues();
  const at = query.bySteps ? startOf(window, 'hour', values) : '0::float8';
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT ${at} AS "atMs", ${keyOf(query.dimension)} AS key, currency, sum(cost_nano)::text AS cost,
       ${Object.entries(NUMBERS)
         .map(([name, column]) => `sum(${column})::float8 AS "${name}"`)
         .join(', ')},
       ${query.withoutLatency ? 'NULL' : sumOfBuckets('latency_buckets')} AS latency,
       ${query.withoutLatency ? 'NULL' : sumOfBuckets('ttft_buckets')} AS ttft
     FROM usage_rollups
     WHERE ${sideSql(filter.side, tenantId, values)} AND hour >= ${time(window.fromMs, values)}
       AND hour < ${time(window.toMs, values)} AND ${filterSql(filter, values)}
     GROUP BY 1, 2, 3`,
    ...values.list,
  );
  return rows.map((row) => ({
    ...common(row),
    latency: (row.latency as number[] | null) ?? emptyBuckets(),
    ttft: (row.ttft as number[] | null) ?? emptyBuckets(),
  }));
}

/** Counts calls by bucket as well, and adds the buckets up here: one row for each bucket that occurs. */
async function factsOfCalls(tx: Transaction, query: FactQuery): Promise<Fact[]> {
  const { window, tenantId, filter } = query;
  const values = new SqlValues();
  const at = query.bySteps ? startOf(window, 'occurred_at', values) : '0::float8';
  const edges = values.add(BUCKET_EDGES_US, 'float8[]');
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT ${at} AS "atMs", ${keyOf(query.dimension)} AS key, currency,
       width_bucket(duration_us::float8, ${edges}) AS latency,
       CASE WHEN ttft_us IS NOT NULL THEN width_bucket(ttft_us::float8, ${edges}) END AS ttft,
       ${ROLLUP_SUMS['cost_nano']}::text AS cost,
       ${Object.entries(NUMBERS)
         .map(([name, column]) => `(${ROLLUP_SUMS[column]})::float8 AS "${name}"`)
         .join(', ')}
     FROM usage_events
     WHERE ${sideSql(filter.side, tenantId, values)} AND ${callsWithin(window.fromMs, window.toMs, values)}
       AND ${filterSql(filter, values)}
     GROUP BY 1, 2, 3, 4, 5`,
    ...values.list,
  );
  const facts = new Map<string, Fact>();
  for (const row of rows) {
    const part = { ...common(row), latency: emptyBuckets(), ttft: emptyBuckets() };
    part.latency[row.latency as number] = row.requests;
    if (row.ttft !== null) part.ttft[row.ttft as number] = row.requests;
    const id = `${part.atMs} ${part.key} ${part.currency}`;
    const fact = facts.get(id);
    if (fact) addFact(fact, part);
    else facts.set(id, part);
  }
  return [...facts.values()];
}

/** Adds the figures of one fact to another. */
export function addFact(into: Pick<Fact, 'sums' | 'latency' | 'ttft'>, more: Fact): void {
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) into.sums[name] += more.sums[name];
  into.sums.costNano += more.sums.costNano;
  addBuckets(into.latency, more.latency);
  addBuckets(into.ttft, more.ttft);
}

/** Condition on events for a time range: their ids rise with time, and their day is their partition. */
export function callsWithin(fromMs: number, toMs: number, values: SqlValues): string {
  const day = (ms: number): string => values.add(new Date(ms).toISOString().slice(0, 10), 'date');
  return `event_day BETWEEN ${day(fromMs)} AND ${day(toMs - 1)}
    AND id >= ${values.add(firstIdAt(fromMs), 'uuid')} AND id < ${values.add(firstIdAt(toMs), 'uuid')}`;
}

/** The smallest UUID with this timestamp. */
export function firstIdAt(ms: number): string {
  const hex = Math.floor(ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function common(row: Row): Pick<Fact, 'atMs' | 'key' | 'currency' | 'sums'> {
  const sums = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, row[name as keyof typeof NUMBERS]]));
  const key = row.key === null || row.key === NIL_ID ? '' : row.key;
  return { atMs: row.atMs, key, currency: row.currency, sums: { ...sums, costNano: BigInt(row.cost) } as Sums };
}

function keyOf(dimension: Dimension | null): string {
  return dimension === null ? `''` : `${DIMENSIONS[dimension]}::text`;
}

function time(ms: number, values: SqlValues): string {
  return values.add(new Date(ms).toISOString(), 'timestamptz');
}

function startOf(window: Window, column: string, values: SqlValues): string {
  const zone = values.add(window.timeZone, 'text');
  return `(extract(epoch FROM date_trunc('${window.step}', ${column}, ${zone})) * 1000)::float8`;
}

/** Histograms added up, place by place; PostgreSQL has no aggregate for that. */
function sumOfBuckets(column: string): string {
  const places = Array.from({ length: LATENCY_BUCKET_COUNT }, (_, i) => `sum(${column}[${i + 1}])`);
  return `ARRAY[${places.join(', ')}]::float8[]`;
}
