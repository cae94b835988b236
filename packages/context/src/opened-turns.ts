import type { DataKey } from '@parley/kernel/seal';
import { openTurn, type SessionTurn, type TurnContent } from './session.ts';
import type { HotTurn } from './store/session-store.ts';

const MAX_BYTES = 32 * 1024 * 1024;
/** What is deleted is not kept in memory for longer than this. */
const MAX_AGE_MS = 600_000;

interface Opened {
  readonly content: TurnContent;
  readonly bytes: number;
  readonly atMs: number;
}

/** Turns this process has opened lately: opening is most of what a call with a session costs, and a revision never changes. */
export class OpenedTurns {
  readonly #held = new Map<string, Opened>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Sealed bytes of the turns it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Turns of a session as they are read, in order. Throws for one that was not sealed for its place. */
  open(key: DataKey, sessionId: string, turns: readonly HotTurn[]): SessionTurn[] {
    const nowMs = Date.now();
    return turns.map(({ id, sequence, state, atMs, revision, sealed }) => {
      const name = `${sessionId} ${id} ${revision}`;
      const held = this.#held.get(name);
      if (held !== undefined) this.#drop(name, held);
      const fresh = held !== undefined && nowMs - held.atMs < MAX_AGE_MS ? held : null;
      const opened = fresh ?? { content: openTurn(key, sessionId, id, sealed), bytes: sealed.length, atMs: nowMs };
      this.#keep(name, opened);
      return { ...opened.content, id, sequence, state, atMs };
    });
  }

  /** A session was deleted here. */
  forget(sessionId: string): void {
    for (const [name, held] of this.#held) if (name.startsWith(sessionId)) this.#drop(name, held);
  }

  /** Puts it last; the ones used longest ago go first. */
  #keep(name: string, opened: Opened): void {
    this.#held.set(name, opened);
    this.#bytes += opened.bytes;
    for (const [oldest, held] of this.#held) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest, held);
    }
  }

  #drop(name: string, { bytes }: Opened): void {
    this.#held.delete(name);
    this.#bytes -= bytes;
  }
}
