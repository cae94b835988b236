import type { ContextRecord, SessionRecord, SummaryRecord, TurnRecord } from '@parley/contracts/context-records';
import type { Pool } from 'pg';
import type { SessionStore } from '../store/session-store.ts';

const SESSION = `
INSERT INTO context_sessions AS s (tenant_id, id, application_id, owner, version, state, sealed, created_at, updated_at, keep_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), to_timestamp($9 / 1000.0), to_timestamp($10 / 1000.0))
ON CONFLICT (tenant_id, id) DO UPDATE SET version = excluded.version, state = excluded.state, sealed = excluded.sealed,
  updated_at = greatest(s.updated_at, excluded.updated_at), keep_until = excluded.keep_until
WHERE excluded.version > s.version AND s.state <> 'deleted' AND s.application_id = excluded.application_id`;

/** A turn of a session that is gone is not taken (CP-8.3). */
const TURNS = `
INSERT INTO session_turns AS t (tenant_id, session_id, id, sequence, revision, state, sealed, at)
SELECT g.tenant_id, g.session_id, g.id, g.sequence, g.revision, g.state, g.sealed, to_timestamp(g.at / 1000.0)
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[], $8::bigint[])
  AS g (tenant_id, session_id, id, sequence, revision, state, sealed, at)
WHERE NOT EXISTS (SELECT 1 FROM context_sessions s
  WHERE s.tenant_id = g.tenant_id AND s.id = g.session_id AND s.state = 'deleted')
ON CONFLICT (tenant_id, session_id, id) DO UPDATE SET revision = excluded.revision, state = excluded.state,
  sealed = excluded.sealed WHERE excluded.revision > t.revision`;

const TOUCH = `
UPDATE context_sessions s SET updated_at = greatest(s.updated_at, to_timestamp(g.at / 1000.0)),
  keep_until = greatest(s.keep_until, to_timestamp(g.keep / 1000.0))
FROM (SELECT tenant_id, session_id, max(at) AS at, max(keep) AS keep
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) AS u (tenant_id, session_id, at, keep) GROUP BY 1, 2) g
WHERE s.tenant_id = g.tenant_id AND s.id = g.session_id AND s.state <> 'deleted'`;

/** The one that covers most; none of a session that is gone. */
const SUMMARY = `
INSERT INTO session_summaries AS y (tenant_id, session_id, to_sequence, sealed, at)
SELECT $1, $2, $3, $4, to_timestamp($5 / 1000.0)
WHERE NOT EXISTS (SELECT 1 FROM context_sessions s WHERE s.tenant_id = $1 AND s.id = $2 AND s.state = 'deleted')
ON CONFLICT (tenant_id, session_id) DO UPDATE SET to_sequence = excluded.to_sequence, sealed = excluded.sealed, at = excluded.at
WHERE excluded.to_sequence > y.to_sequence`;

/** The mark and the turns' end in one step: nobody finds one without the other. */
const GONE = `
WITH gone AS (
INSERT INTO context_sessions AS s (tenant_id, id, application_id, owner, version, state, sealed, created_at, updated_at, keep_until)
VALUES ($1, $2, $3, '', 0, 'deleted', '', to_timestamp($4 / 1000.0), to_timestamp($4 / 1000.0), now() + interval '2 days')
ON CONFLICT (tenant_id, id) DO UPDATE SET state = 'deleted', sealed = '', owner = '', keep_until = excluded.keep_until
WHERE s.application_id = excluded.application_id RETURNING s.id),
forgotten AS (DELETE FROM session_summaries y USING gone WHERE y.tenant_id = $1 AND y.session_id = gone.id)
DELETE FROM session_turns t USING gone WHERE t.tenant_id = $1 AND t.session_id = gone.id`;

/** Of each turn the step with the highest revision: one statement must not touch a row twice. */
function latest(records: readonly ContextRecord[]): TurnRecord[] {
  const turns = new Map<string, TurnRecord>();
  for (const record of records) {
    if (record.kind !== 'turn') continue;
    const name = `${record.sessionId} ${record.turnId}`;
    const before = turns.get(name);
    if (before === undefined || record.revision > before.revision) turns.set(name, record);
  }
  return [...turns.values()];
}

async function storeTurns(pool: Pool, turns: readonly TurnRecord[]): Promise<void> {
  if (turns.length === 0) return;
  const column = <T>(of: (turn: TurnRecord) => T): T[] => turns.map(of);
  const tenants = column(({ tenantId }) => tenantId);
  const sessions = column(({ sessionId }) => sessionId);
  await pool.query(TURNS, [
    tenants,
    sessions,
    column(({ turnId }) => turnId),
    column(({ sequence }) => sequence),
    column(({ revision }) => revision),
    column(({ state }) => state),
    column(({ sealed }) => Buffer.from(sealed, 'base64')),
    column(({ atMs }) => atMs),
  ]);
  await pool.query(TOUCH, [tenants, sessions, column(({ atMs }) => atMs), column(({ keepUntilMs }) => keepUntilMs)]);
}

async function storeSession(pool: Pool, record: SessionRecord): Promise<void> {
  const { tenantId, sessionId, applicationId, owner, version, state, sealed } = record;
  const times = [record.createdAtMs, record.updatedAtMs, record.keepUntilMs];
  const bytes = Buffer.from(sealed, 'base64');
  await pool.query(SESSION, [tenantId, sessionId, applicationId, owner, version, state, bytes, ...times]);
}

async function storeSummary(pool: Pool, { tenantId, sessionId, to, sealed, atMs }: SummaryRecord): Promise<void> {
  await pool.query(SUMMARY, [tenantId, sessionId, to, Buffer.from(sealed, 'base64'), atMs]);
}

/**
 * Takes in what gateways wrote of sessions: into PostgreSQL, each record once however often and in whatever order they come
 * (CP-7.2), then into the hot store where that has the session without it. Throws while a store is away; then all is done again.
 */
export async function ingestContext(pool: Pool, hot: SessionStore, records: readonly ContextRecord[]): Promise<void> {
  const turns = latest(records);
  for (const record of records) if (record.kind === 'session') await storeSession(pool, record);
  await storeTurns(pool, turns);
  const summaries = records.filter((record) => record.kind === 'summary');
  for (const record of summaries) await storeSummary(pool, record);
  const gone = records.filter((record) => record.kind === 'gone');
  for (const { tenantId, sessionId, applicationId, atMs } of gone) {
    await pool.query(GONE, [tenantId, sessionId, applicationId, atMs]);
  }
  for (const record of records) {
    if (record.kind !== 'session') continue;
    const { state, version, keepUntilMs, updatedAtMs } = record;
    const settings = Buffer.from(record.sealed, 'base64');
    await hot.settings(record.sessionId, { settings, state, keepMs: keepUntilMs - updatedAtMs, version });
  }
  for (const { sessionId, turnId, revision, state, sequence, atMs, sealed } of turns) {
    const content = Buffer.from(sealed, 'base64');
    await hot.applyTurn(sessionId, { turnId, revision, state, sequence, atMs, sealed: content });
  }
  for (const { sessionId, sealed, to } of summaries) {
    await hot.summary(sessionId, { sealed: Buffer.from(sealed, 'base64'), to });
  }
  for (const { sessionId } of gone) await hot.drop(sessionId);
}
