import type { Transaction } from '@parley/db/client';
import { NIL_ID } from '../usage/dimensions.ts';
import { SqlValues } from '../usage/sql-values.ts';
import type { Window } from '../usage/window.ts';

/** What a tenant's cost can be split by; `tag` by the values of one tag. */
export const COST_SPLITS = ['api', 'model', 'application', 'key', 'team', 'consumer', 'endUser', 'tag'] as const;
export type CostSplit = (typeof COST_SPLITS)[number];

/** What a group of calls to the tenant's own APIs cost at providers. */
export interface CostFact {
  /** Start of the step, Unix ms; 0 where the range is not cut into steps. */
  readonly atMs: number;
  /** Id, name or value; empty for calls without one. */
  readonly key: string;
  readonly currency: string;
  readonly requests: number;
  readonly tokens: number;
  readonly costNano: bigint;
}

export interface CostQuery {
  readonly tenantId: string;
  readonly window: Window;
  readonly split: CostSplit | null;
  /** Name of the tag that `tag` splits by. */
  readonly tag: string;
  readonly bySteps: boolean;
}

const COLUMNS: Readonly<Record<Exclude<CostSplit, 'team' | 'endUser' | 'tag'>, string>> = {
  api: 'api_id::text',
  model: 'model',
  application: 'application_id::text',
  key: 'key_id::text',
  consumer: 'consumer_tenant_id::text',
};

interface Row {
  readonly atMs: number;
  readonly key: string | null;
  readonly currency: string;
  readonly requests: number;
  readonly tokens: number;
  readonly cost: string;
}

/**
 * Sums of the hours in a range, from rollups alone: a million calls are as quick as a thousand. The groups of every split add up to
 * the same: calls without an end user or tag are what their hours have beyond those that say one, read in the same statement.
 */
export async function readCosts(tx: Transaction, query: CostQuery): Promise<CostFact[]> {
  const { window, split } = query;
  const values = new SqlValues();
  const zone = values.add(window.timeZone, 'text');
  const at = query.bySteps
    ? `(extract(epoch FROM date_trunc('${window.step === 'day' ? 'day' : 'hour'}', u.hour, ${zone})) * 1000)::float8`
    : '0::float8';
  const hours = [
    `u.tenant_id = ${values.add(query.tenantId, 'uuid')}`,
    `u.hour >= ${values.add(new Date(window.fromMs).toISOString(), 'timestamptz')}`,
    `u.hour < ${values.add(new Date(window.toMs).toISOString(), 'timestamptz')}`,
    // So that the zone is a parameter of every statement.
    `${zone} IS NOT NULL`,
  ].join(' AND ');
  const columns = 'u.hour, u.currency, u.requests, u.input_tokens + u.output_tokens AS tokens, u.cost_nano';
  const from =
    split === 'endUser' || split === 'tag'
      ? `SELECT ${columns}, '' AS key, 1 AS sign FROM usage_rollups u WHERE ${hours}
         UNION ALL
         SELECT ${columns}, said.key, said.sign FROM usage_attribution u
         CROSS JOIN LATERAL (VALUES (${saidBy(split)}, 1), ('', -1)) said(key, sign)
         WHERE ${hours} AND ${split === 'tag' ? `u.dimension = 'tag' AND u.name = ${values.add(query.tag, 'text')}` : `u.dimension = 'user'`}`
      : `SELECT ${columns}, ${keyOf(split)} AS key, 1 AS sign FROM usage_rollups u ${split === 'team' ? TEAMS : ''} WHERE ${hours}`;
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT ${at} AS "atMs", key, u.currency, sum(requests * sign)::float8 AS requests,
       sum(tokens * sign)::float8 AS tokens, sum(cost_nano * sign)::text AS cost
     FROM (${from}) u GROUP BY 1, 2, 3
     HAVING sum(requests * sign) <> 0 OR sum(tokens * sign) <> 0 OR sum(cost_nano * sign) <> 0`,
    ...values.list,
  );
  return rows.map(({ atMs, key, currency, requests, tokens, cost }) => ({
    atMs,
    key: key === null || key === NIL_ID ? '' : key,
    currency,
    requests,
    tokens,
    costNano: BigInt(cost),
  }));
}

/** Teams have applications of their own tenant only. */
const TEAMS = `LEFT JOIN applications a ON a.tenant_id = u.tenant_id AND a.id = u.application_id AND u.consumer_tenant_id = u.tenant_id`;

function keyOf(split: Exclude<CostSplit, 'endUser' | 'tag'> | null): string {
  if (split === null) return `''`;
  return split === 'team' ? 'a.team_id::text' : `u.${COLUMNS[split]}`;
}

/** Of end users beyond those an hour keeps apart only the sum is known. Of tags not even that: those are among the calls without. */
function saidBy(split: 'endUser' | 'tag'): string {
  return split === 'tag' ? 'u.value' : `CASE WHEN u.value = '' THEN '*' ELSE u.value END`;
}
