import type { Transaction } from '@parley/db/client';
import { NIL_ID } from '../usage/dimensions.ts';
import { SqlValues } from '../usage/sql-values.ts';
import type { Window } from '../usage/window.ts';

/** What a tenant's cost can be split by; `tag` by the values of one tag. */
export const COST_SPLITS = ['api', 'model', 'application', 'key', 'team', 'consumer', 'endUser', 'tag'] as const;
export type CostSplit = (typeof COST_SPLITS)[number];

/** What a group of calls to the tenant's own APIs cost at providers. */
export interface CostFact {
  /** Start of the window’s step, Unix ms. */
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
  readonly split: CostSplit;
  /** Name of the tag that `tag` splits by. */
  readonly tag: string;
}

const COLUMNS: Readonly<Record<Exclude<CostSplit, 'team' | 'endUser' | 'tag'>, string>> = {
  api: 'api_id',
  model: 'model',
  application: 'application_id',
  key: 'key_id',
  consumer: 'consumer_tenant_id',
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
  const step = `date_trunc('${window.step === 'day' ? 'day' : 'hour'}', u.hour, ${zone})`;
  const tenant = values.add(query.tenantId, 'uuid');
  const hours = [
    `u.tenant_id = ${tenant}`,
    `u.hour >= ${values.add(new Date(window.fromMs).toISOString(), 'timestamptz')}`,
    `u.hour < ${values.add(new Date(window.toMs).toISOString(), 'timestamptz')}`,
    // So that the zone is a parameter of every statement.
    `${zone} IS NOT NULL`,
  ].join(' AND ');
  // Grouped by what is stored; only groups are written as numbers and text.
  const summed = (table: string, column: string, where = ''): string =>
    `SELECT ${AT} AS "atMs", s.key::text AS key, s.currency, s.requests::float8 AS requests, s.tokens::float8 AS tokens, s.cost::text AS cost
     FROM (SELECT ${step} AS at, ${column} AS key, u.currency, ${SUMS} FROM ${table} u WHERE ${hours} ${where} GROUP BY 1, 2, 3) s`;
  const rows = await tx.$queryRawUnsafe<Row[]>(
    split === 'endUser' || split === 'tag'
      ? `${summed('usage_attribution', 'u.value', saidIn(split, query.tag, values))} UNION ALL ${summed('usage_rollups', 'NULL::text')}`
      : split === 'team'
        ? ofTeams(summed('usage_rollups', OWN_APPLICATION), tenant)
        : summed('usage_rollups', `u.${COLUMNS[split]}`),
    ...values.list,
  );
  return split === 'endUser' || split === 'tag' ? withUnsaid(rows, split) : rows.map(factOf);
}

const AT = '(extract(epoch FROM s.at) * 1000)::float8';
const SUMS = `sum(u.requests) AS requests, sum(u.input_tokens + u.output_tokens) AS tokens, sum(u.cost_nano) AS cost`;

/** Teams have applications of their own tenant only. */
const OWN_APPLICATION = 'CASE WHEN u.consumer_tenant_id = u.tenant_id THEN u.application_id END';

function ofTeams(applications: string, tenant: string): string {
  return `SELECT u."atMs", a.team_id::text AS key, u.currency, sum(u.requests)::float8 AS requests, sum(u.tokens)::float8 AS tokens,
      sum(u.cost::numeric)::text AS cost
    FROM (${applications}) u
    LEFT JOIN applications a ON a.tenant_id = ${tenant} AND a.id::text = u.key GROUP BY 1, a.team_id, 3`;
}

/** Which hours of attribution: of end users, or of one tag. */
function saidIn(split: 'endUser' | 'tag', tag: string, values: SqlValues): string {
  return split === 'tag'
    ? `AND u.dimension = 'tag' AND u.name = ${values.add(tag, 'text')} AND u.value <> ''`
    : `AND u.dimension = 'user'`;
}

function factOf({ atMs, key, currency, requests, tokens, cost }: Row): CostFact {
  return { atMs, key: key === null || key === NIL_ID ? '' : key, currency, requests, tokens, costNano: BigInt(cost) };
}

/**
 * Groups that said something, and the rest of all calls (rows without a key). Of end users beyond those an hour keeps apart the sum
 * is known (`*`); of tags not even that: those are among the calls without.
 */
function withUnsaid(rows: readonly Row[], split: 'endUser' | 'tag'): CostFact[] {
  const rest = new Map<
    string,
    { atMs: number; key: string; currency: string; requests: number; tokens: number; costNano: bigint }
  >();
  const said: CostFact[] = [];
  const idOf = ({ atMs, currency }: Row): string => `${atMs} ${currency}`;
  for (const row of rows) if (row.key === null) rest.set(idOf(row), factOf(row));
  for (const row of rows) {
    if (row.key === null) continue;
    const fact = factOf(row);
    said.push({ ...fact, key: split === 'endUser' && row.key === '' ? '*' : row.key });
    const left = rest.get(idOf(row));
    if (!left) continue;
    left.requests -= fact.requests;
    left.tokens -= fact.tokens;
    left.costNano -= fact.costNano;
  }
  const unsaid = [...rest.values()].filter((one) => one.requests !== 0 || one.tokens !== 0 || one.costNano !== 0n);
  return [...said, ...unsaid];
}
