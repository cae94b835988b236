import { keepMs, type SessionSettings, type SessionTurn } from '@parley/context/session';
import type { HotSession } from '@parley/context/store/session-store';
import type { Summary } from '@parley/context/summary';

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

/** How many of its turns are in which segment, and what stands for those that were summed up (CP-5.2). */
export function memoryObject({ state, turns }: HotSession, summary: Summary | null): object {
  const upTo = summary?.covers.to ?? 0;
  const summarised = turns.filter(({ sequence }) => sequence <= upTo).length;
  const segments =
    state === 'archived'
      ? { active: 0, summarised: 0, archived: turns.length }
      : { active: turns.length - summarised, summarised, archived: 0 };
  if (summary === null) return { segments, summary: null };
  const { text, covers, model, requestId, inputTokens, outputTokens, costNano, currency, atMs } = summary;
  const cost = { cost_nano: costNano, currency };
  const made = {
    model,
    request_id: requestId,
    created_at: iso(atMs),
    input_tokens: inputTokens,
    output_tokens: outputTokens,
  };
  return { segments, summary: { text, covers, ...made, ...cost } };
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
