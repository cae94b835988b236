import { MAX_SESSION_ID } from '@parley/contracts/session-id';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { callsWithin } from '../usage/facts.ts';
import { type Named, namedShape, namesOf } from '../usage/names.ts';
import type { SqlValues } from '../usage/sql-values.ts';

const count = z.number().int();

/**
 * Calls that their caller says belong together, of one application: two applications may use the same id. `published`
 * sees what of it came to the tenant's own APIs, `consumed` what the tenant's own applications asked of anybody's.
 */
export const sessionSide = z.enum(['published', 'consumed']);
export type SessionSide = z.output<typeof sessionSide>;

export const sessionIdInput = z.string().min(1, 'Which session?').max(MAX_SESSION_ID);

export const sessionShape = z.object({
  sessionId: z.string(),
  application: namedShape,
  consumer: namedShape,
  /** Of its calls in the range that was asked for. */
  firstAt: timeShape,
  lastAt: timeShape,
  calls: count,
  /** Answered with 4xx or 5xx. */
  failed: count,
  inputTokens: count,
  outputTokens: count,
  /** Decimal text of nano-units, by currency. */
  costs: z.array(z.object({ currency: z.string(), nano: z.string() })),
  /** At most five, by name. */
  models: z.array(z.string()),
});
export type Session = z.output<typeof sessionShape>;

export const SIDE_COLUMNS: Readonly<Record<SessionSide, string>> = {
  published: 'tenant_id',
  consumed: 'consumer_tenant_id',
};

/** Which sessions, and of which of their calls. */
export interface SessionQuery {
  readonly side: SessionSide;
  readonly tenantId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Condition on the calls a query is about, without the session. */
export function sessionCalls({ side, tenantId, fromMs, toMs }: SessionQuery, values: SqlValues): string {
  return `${SIDE_COLUMNS[side]} = ${values.add(tenantId, 'uuid')} AND session_id IS NOT NULL
    AND ${callsWithin(fromMs, toMs, values)}`;
}

/** The sums over a session's calls, one row a currency. */
export const SESSION_SUMS = `min(consumer_tenant_id::text) AS "consumerTenantId", currency, count(*)::float8 AS calls,
  count(*) FILTER (WHERE status >= 400)::float8 AS failed, sum(input_tokens)::float8 AS "inputTokens",
  sum(output_tokens)::float8 AS "outputTokens", sum(cost_nano)::text AS cost,
  (extract(epoch FROM min(occurred_at)) * 1000)::float8 AS "firstMs",
  (extract(epoch FROM max(occurred_at)) * 1000)::float8 AS "lastMs",
  (array_agg(DISTINCT model) FILTER (WHERE model IS NOT NULL))[1:5] AS models`;

export interface SumsRow {
  sessionId: string;
  applicationId: string;
  consumerTenantId: string;
  currency: string;
  calls: number;
  failed: number;
  inputTokens: number;
  outputTokens: number;
  cost: string;
  firstMs: number;
  lastMs: number;
  models: string[] | null;
}

/** Sessions from their sums, in the order of their first rows, with the names of what they belong to. */
export async function sessionsOut(tx: Transaction, rows: readonly SumsRow[]): Promise<Session[]> {
  const applications = await namesOf(
    tx,
    'application',
    rows.map((row) => row.applicationId),
  );
  const consumers = await namesOf(
    tx,
    'consumer',
    rows.map((row) => row.consumerTenantId),
  );
  const named = (names: ReadonlyMap<string, Named>, id: string): Named =>
    names.get(id) ?? { id, name: null, slug: null };
  const groups = Map.groupBy(rows, (row) => `${row.applicationId} ${row.sessionId}`);
  return [...groups.values()].map((parts) => {
    const [first] = parts as [SumsRow];
    const sum = (field: 'calls' | 'failed' | 'inputTokens' | 'outputTokens'): number =>
      parts.reduce((total, part) => total + part[field], 0);
    return {
      sessionId: first.sessionId,
      application: named(applications, first.applicationId),
      consumer: named(consumers, first.consumerTenantId),
      firstAt: new Date(Math.min(...parts.map((part) => part.firstMs))).toISOString(),
      lastAt: new Date(Math.max(...parts.map((part) => part.lastMs))).toISOString(),
      calls: sum('calls'),
      failed: sum('failed'),
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      costs: parts.filter(({ cost }) => cost !== '0').map(({ currency, cost }) => ({ currency, nano: cost })),
      models: [...new Set(parts.flatMap((part) => part.models ?? []))].sort().slice(0, 5),
    };
  });
}
