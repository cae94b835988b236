import { must } from '@parley/kernel/assert';
import type { DataKey } from '@parley/kernel/seal';
import { openTurn, type SessionTurn, type TurnContent } from './session.ts';
import type { SessionStore, TurnHead } from './store/session-store.ts';

const MAX_BYTES = 32 * 1024 * 1024;
/** What is deleted is not kept in memory for longer than this. */
const MAX_AGE_MS = 600_000;

interface Opened {
  readonly revision: number;
  readonly content: TurnContent;
  readonly bytes: number;
  readonly atMs: number;
}

/**
 * Turns this process has opened lately, by their sessions. A revision never changes, so that a turn is read and opened once: this
 * is most of what a call with a session costs.
 */
export class OpenedTurns {
  readonly #held = new Map<string, Map<string, Opened>>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Sealed bytes of the turns it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Turns of a session as they were read from the store, in order; `null` where one of them is gone. Throws for one that was not sealed
   * for its place, and while the store is away.
   */
  async open(
    key: DataKey,
    sessionId: string,
    heads: readonly TurnHead[],
    store: Pick<SessionStore, 'said'>,
  ): Promise<SessionTurn[] | null> {
    const nowMs = Date.now();
    const held = this.#use(sessionId);
    const known = heads.map(({ id, revision }) => {
      const turn = held.get(id);
      return turn !== undefined && turn.revision >= revision && nowMs - turn.atMs < MAX_AGE_MS ? turn.content : null;
    });
    const unknown = heads.filter((_, at) => known[at] === null);
    const said = unknown.length === 0 ? [] : await store.said(sessionId, unknown);
    if (said === null) return null;
    const opened = unknown.map(({ id }, at): [string, Opened] => {
      const { revision, sealed } = must(said[at], 'a text for each turn');
      return [id, { revision, content: openTurn(key, sessionId, id, sealed), bytes: sealed.length, atMs: nowMs }];
    });
    this.#keep(sessionId, opened);
    const fresh = new Map(opened);
    return heads.map(({ id, sequence, state, atMs }, at) => {
      return {
        ...(known[at] ?? must(fresh.get(id), 'each turn was known or opened').content),
        id,
        sequence,
        state,
        atMs,
      };
    });
  }

  /** A session was deleted here. */
  forget(sessionId: string): void {
    for (const { bytes } of this.#held.get(sessionId)?.values() ?? []) this.#bytes -= bytes;
    this.#held.delete(sessionId);
  }

  /** What is held of a session, which is then the one used last. */
  #use(sessionId: string): Map<string, Opened> {
    const held = this.#held.get(sessionId) ?? new Map<string, Opened>();
    this.#held.delete(sessionId);
    this.#held.set(sessionId, held);
    return held;
  }

  /** Sessions used longest ago make room; where one alone is too much, it goes as well. */
  #keep(sessionId: string, opened: readonly (readonly [id: string, turn: Opened])[]): void {
    const held = this.#use(sessionId);
    for (const [id, turn] of opened) {
      this.#bytes += turn.bytes - (held.get(id)?.bytes ?? 0);
      held.set(id, turn);
    }
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.forget(oldest);
    }
  }
}
