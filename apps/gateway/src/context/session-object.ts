import { keepMs, type SessionSettings, type SessionTurn } from '@parley/context/session';

/** What is told of a session beside its settings. */
export interface SessionFacts {
  readonly publicId: string;
  readonly state: 'active' | 'archived';
  readonly version: number;
  readonly turns: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** CP-4.4. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** A session as clients see it (CP-5.2). */
export function sessionObject(facts: SessionFacts, settings: Pick<SessionSettings, 'retention_days'>): object {
  const { publicId, state, version, turns, createdAtMs, updatedAtMs } = facts;
  return {
    id: publicId,
    object: 'session',
    state,
    version,
    turns,
    created_at: iso(createdAtMs),
    updated_at: iso(updatedAtMs),
    expires_at: iso(updatedAtMs + keepMs(settings)),
    ...settings,
  };
}

/** A turn as clients see it (CP-3.1). */
export function turnObject({
  id,
  sequence,
  state,
  atMs,
  author,
  model,
  dialect,
  messages,
  tokens,
}: SessionTurn): object {
  return {
    id,
    object: 'session.turn',
    sequence,
    state,
    created_at: iso(atMs),
    author: author ?? null,
    model,
    dialect,
    messages,
    tokens: tokens.reduce((sum, count) => sum + count, 0),
  };
}
