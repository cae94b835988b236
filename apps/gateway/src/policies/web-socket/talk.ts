import type { Exchange } from '../../exchange.ts';
import type { Refusal } from '../../refusals.ts';

/** What a message leads to. Each is sent as one text. */
export interface Heard {
  readonly toClient: string | null;
  readonly toUpstream: string | null;
  /** The connection ends for this, after what is sent. */
  readonly end: Refusal | null;
}

/** Reads the messages of a WebSocket that mean something to the gateway, and decides what goes on. */
export interface Talk {
  hear(from: 'client' | 'upstream', text: string): Heard | Promise<Heard>;
  /** What the upstream is told when the caller leaves while something is under way; `null` when nothing is. */
  leaving(): string | null;
  /** The connection is over: what was under way is accounted for. */
  over(abortedBy: Exchange['abortedBy']): void;
}
