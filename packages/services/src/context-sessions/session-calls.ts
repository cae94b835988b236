import type { Transaction } from '@parley/db/client';
import { idDay, idTimeMs } from '@parley/kernel/id';
import { publicIdOf } from './session-shape.ts';

const DAY_MS = 86_400_000;
/** As far back as calls of a session are looked for. */
const BACK_DAYS = 90;

/** What the calls of one session add up to. */
export interface CallSums {
  calls: number;
  costs: { currency: string; nano: string }[];
  models: string[];
  parties: string[];
}

interface SumRow {
  sessionId: string;
  currency: string;
  calls: number;
  cost: string;
  models: string[] | null;
  parties: string[] | null;
}

/** Sums over the calls of these sessions in the last 90 days, by the session's UUID. */
export async function sumsOf(
  tx: Transaction,
  tenantId: string,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, CallSums>> {
  if (sessions.length === 0) return new Map();
  const since = new Date(Date.now() - BACK_DAYS * DAY_MS).toISOString().slice(0, 10);
  const rows = await tx.$queryRaw<SumRow[]>`
    SELECT session_id AS "sessionId", currency, count(*)::float8 AS calls, sum(cost_nano)::text AS cost,
      (array_agg(DISTINCT model) FILTER (WHERE model IS NOT NULL))[1:5] AS models,
      (array_agg(DISTINCT party_acting) FILTER (WHERE party_acting IS NOT NULL))[1:8] AS parties
    FROM usage_events
    WHERE consumer_tenant_id = ${tenantId}::uuid AND session_id = ANY(${sessions.map(publicIdOf)}::text[])
      AND event_day >= ${since}::date
    GROUP BY session_id, currency ORDER BY currency`;
  const found = new Map<string, CallSums>();
  for (const { sessionId, calls, currency, cost, models, parties } of rows) {
    const id = sessionId.slice('ses_'.length);
    const sums = found.get(id) ?? { calls: 0, costs: [], models: [], parties: [] };
    sums.calls += calls;
    if (cost !== '0') sums.costs.push({ currency, nano: cost });
    sums.models = [...new Set([...sums.models, ...(models ?? [])])].slice(0, 5);
    sums.parties = [...new Set([...sums.parties, ...(parties ?? [])])].slice(0, 8);
    found.set(id, sums);
  }
  return found;
}

/** The record of the call that made a turn: it has the turn's id. */
export interface TurnCall {
  id: string;
  status: number;
  model: string | null;
  api: string | null;
  publisher: string | null;
  path: string;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  cost: string;
  currency: string;
  acting: string | null;
  principal: string | null;
  tokenId: string | null;
  endUser: string | null;
}

/** Records of the calls that made these turns, by id. An append has none. */
export async function callsOf(
  tx: Transaction,
  tenantId: string,
  turnIds: readonly string[],
): Promise<ReadonlyMap<string, TurnCall>> {
  if (turnIds.length === 0) return new Map();
  const days = turnIds.map((id) => Date.parse(idDay(id)));
  const first = new Date(Math.min(...days)).toISOString().slice(0, 10);
  const last = new Date(Math.max(...turnIds.map(idTimeMs)) + DAY_MS).toISOString().slice(0, 10);
  const rows = await tx.$queryRaw<TurnCall[]>`
    SELECT e.id, e.status, e.model, a.slug AS api, p.slug AS publisher, e.path, e.input_tokens::float8 AS "inputTokens",
      e.cached_input_tokens::float8 AS "cachedInputTokens", e.output_tokens::float8 AS "outputTokens",
      e.cost_nano::text AS cost, e.currency, e.party_acting AS acting, e.party_principal AS principal,
      e.party_token_id AS "tokenId", e.end_user AS "endUser"
    FROM usage_events e LEFT JOIN apis a ON a.id = e.api_id LEFT JOIN tenants p ON p.id = e.tenant_id
    WHERE e.consumer_tenant_id = ${tenantId}::uuid AND e.id = ANY(${[...turnIds]}::uuid[])
      AND e.event_day BETWEEN ${first}::date AND ${last}::date`;
  return new Map(rows.map((row) => [row.id, row]));
}
