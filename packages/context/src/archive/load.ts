import type { ListedSession } from '@parley/contracts/context-records';
import type { Pool } from 'pg';
import { MAX_TURNS, type TurnState } from '../session.ts';
import type { HotSession, SessionStore, StoredTurn } from '../store/session-store.ts';

const SESSION = `
SELECT application_id, owner, version::text, state, sealed, extract(epoch FROM created_at) * 1000 AS created,
  extract(epoch FROM updated_at) * 1000 AS updated, extract(epoch FROM keep_until) * 1000 AS keep
  , (SELECT jsonb_build_object('sealed', encode(y.sealed, 'base64'), 'to', y.to_sequence) FROM session_summaries y
    WHERE y.tenant_id = $1 AND y.session_id = $2) AS summary
FROM context_sessions WHERE tenant_id = $1 AND id = $2 AND (state = 'deleted' OR keep_until > now())`;

const TURNS = `
SELECT id, sequence::text, revision::text, state, sealed, extract(epoch FROM at) * 1000 AS at
FROM session_turns WHERE tenant_id = $1 AND session_id = $2 AND state <> 'void' ORDER BY sequence DESC, id DESC LIMIT ${2 * MAX_TURNS}`;

const LIST = `
SELECT s.id, s.version::text, s.state, s.sealed, extract(epoch FROM s.created_at) * 1000 AS created,
  extract(epoch FROM s.updated_at) * 1000 AS updated, extract(epoch FROM s.keep_until) * 1000 AS keep,
  (SELECT count(*)::int FROM session_turns t WHERE t.tenant_id = s.tenant_id AND t.session_id = s.id AND t.state <> 'void') AS turns
FROM context_sessions s WHERE s.tenant_id = $1 AND s.application_id = $2 AND (s.owner = ANY($3) OR ('' = ANY($3) AND s.owner LIKE 'token:%'))
  AND s.state <> 'deleted'
  AND s.keep_until > now() AND ($4::uuid IS NULL OR s.id < $4) ORDER BY s.id DESC LIMIT $5`;

/** Versions and sequences given after a loss are beyond all given before it, also those that are still on their way (CP-8.4). */
const STRIDE = 1000;

interface SessionRow {
  readonly application_id: string;
  readonly owner: string;
  readonly version: string;
  readonly state: 'active' | 'archived' | 'deleted';
  readonly sealed: Buffer;
  readonly created: string;
  readonly updated: string;
  readonly keep: string;
}

interface HeldRow extends SessionRow {
  readonly summary: { readonly sealed: string; readonly to: number } | null;
}

interface TurnRow {
  readonly id: string;
  readonly sequence: string;
  readonly revision: string;
  readonly state: TurnState;
  readonly sealed: Buffer;
  readonly at: string;
}

const ms = (text: string): number => Math.round(Number(text));

async function turnsOf(pool: Pool, tenantId: string, sessionId: string): Promise<StoredTurn[]> {
  const { rows } = await pool.query<TurnRow>(TURNS, [tenantId, sessionId]);
  return rows.map(({ id, sequence, revision, state, sealed, at }) => {
    return { id, sequence: Number(sequence), revision: Number(revision), state, sealed, atMs: ms(at) };
  });
}

/**
 * Puts a session that the hot store has lost there again (CP-8.4). `missing`: the tenant has none of this id; `deleted`: it had.
 * A turn that is stored in the meantime comes in as well: whichever is later, its ingest or the second look here, puts it in.
 */
export async function loadSession(
  pool: Pool,
  hot: SessionStore,
  { tenantId, sessionId }: { readonly tenantId: string; readonly sessionId: string },
): Promise<'there' | 'missing' | 'deleted'> {
  const { rows } = await pool.query<HeldRow>(SESSION, [tenantId, sessionId]);
  const [row] = rows;
  if (row === undefined) return 'missing';
  if (row.state === 'deleted') return 'deleted';
  const turns = await turnsOf(pool, tenantId, sessionId);
  const most = Math.max(Number(row.version), ...turns.map(({ sequence }) => sequence));
  const session: HotSession<StoredTurn> = {
    tenantId,
    applicationId: row.application_id,
    owner: row.owner,
    state: row.state,
    version: (Math.floor(most / STRIDE) + 1) * STRIDE,
    settingsVersion: Number(row.version),
    settings: row.sealed,
    createdAtMs: ms(row.created),
    updatedAtMs: ms(row.updated),
    keepMs: Math.max(1, ms(row.keep) - ms(row.updated)),
    summary: row.summary === null ? null : { sealed: Buffer.from(row.summary.sealed, 'base64'), to: row.summary.to },
    turns,
  };
  await hot.restore(sessionId, session);
  const known = new Map(turns.map((turn) => [turn.id, turn.revision]));
  for (const turn of await turnsOf(pool, tenantId, sessionId)) {
    if ((known.get(turn.id) ?? -1) < turn.revision) await hot.applyTurn(sessionId, { ...turn, turnId: turn.id });
  }
  return 'there';
}

interface ListedRow extends Omit<SessionRow, 'state'> {
  readonly id: string;
  readonly state: 'active' | 'archived';
  readonly turns: number;
}

/** An application's sessions, newest first (CP-5.3). */
export async function listSessions(
  pool: Pool,
  asked: {
    readonly tenantId: string;
    readonly applicationId: string;
    readonly owner: string;
    readonly owners?: readonly string[] | undefined;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<ListedSession[]> {
  const { tenantId, applicationId, owner, owners = [owner], before, limit } = asked;
  const { rows } = await pool.query<ListedRow>(LIST, [tenantId, applicationId, owners, before, limit]);
  return rows.map((row) => ({
    sessionId: row.id,
    state: row.state,
    version: Number(row.version),
    turns: row.turns,
    createdAtMs: ms(row.created),
    updatedAtMs: ms(row.updated),
    keepUntilMs: ms(row.keep),
    sealed: row.sealed.toString('base64'),
  }));
}
