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

/** Sums of the hours in a range, from rollups alone: a million calls are as quick as a thousand. */
export async function readCosts(tx: Transaction, query: CostQuery): Promise<CostFact[]> {
  const { tenantId, window, split, tag } = query;
  const values = new SqlValues();
  const zone = values.add(window.timeZone, 'text');
  const step = window.step === 'day' ? 'day' : 'hour';
  const at = query.bySteps
    ? `(extract(epoch FROM date_trunc('${step}', u.hour, ${zone})) * 1000)::float8`
    : '0::float8';
  const attributed = split === 'endUser' || split === 'tag';
  const where = [
    `u.tenant_id = ${values.add(tenantId, 'uuid')}`,
    `u.hour >= ${values.add(new Date(window.fromMs).toISOString(), 'timestamptz')}`,
    `u.hour < ${values.add(new Date(window.toMs).toISOString(), 'timestamptz')}`,
    // So that the zone is a parameter of every statement.
    `${zone} IS NOT NULL`,
  ];
  if (attributed) where.push(`u.dimension = '${split === 'tag' ? 'tag' : 'user'}'`);
  // What was not kept apart has no name: it is shown as a group of its own.
  if (split === 'tag') where.push(`(u.name = ${values.add(tag, 'text')} OR u.name = '')`);
  const key = attributed ? `CASE WHEN u.value = '' THEN '*' ELSE u.value END` : keyOf(split);
  const join =
    split === 'team'
      ? `LEFT JOIN applications a ON a.tenant_id = u.tenant_id AND a.id = u.application_id AND u.consumer_tenant_id = u.tenant_id`
      : '';
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT ${at} AS "atMs", ${key} AS key, u.currency, sum(u.requests)::float8 AS requests,
       sum(u.input_tokens + u.output_tokens)::float8 AS tokens, sum(u.cost_nano)::text AS cost
     FROM ${attributed ? 'usage_attribution' : 'usage_rollups'} u ${join} WHERE ${where.join(' AND ')} GROUP BY 1, 2, 3`,
    ...values.list,
  );
  return rows.map(({ atMs, key: group, currency, requests, tokens, cost }) => ({
    atMs,
    key: group === null || group === NIL_ID ? '' : group,
    currency,
    requests,
    tokens,
    costNano: BigInt(cost),
  }));
}

function keyOf(split: Exclude<CostSplit, 'endUser' | 'tag'> | null): string {
  if (split === null) return `''`;
  return split === 'team' ? 'a.team_id::text' : `u.${COLUMNS[split]}`;
}
