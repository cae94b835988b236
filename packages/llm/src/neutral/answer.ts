import type { Proof, Protocol } from './call.ts';
import type { Usage } from './usage.ts';

/**
 * Why a choice ended. `tool_calls`: the model waits for results; `pause`: the provider stopped in mid-turn and wants to be
 * called again with what it said; `error`: the provider says the answer is no good (malformed function call).
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'pause' | 'error';

export interface Finish {
  readonly reason: FinishReason;
  /** Which of the caller's stop sequences was met. */
  readonly stopSequence?: string;
  /** The provider's own word. */
  readonly raw?: string;
}

/** A piece of an answer. Its number is unique in the answer; pieces of one choice come in the order of their opening. */
export type Block =
  | { readonly kind: 'text'; text: string; readonly annotations?: readonly unknown[] }
  | { readonly kind: 'refusal'; text: string }
  | { readonly kind: 'reasoning'; text: string; readonly redacted?: boolean; proof?: Proof }
  | { readonly kind: 'tool_call'; readonly id: string; readonly name: string; text: string; proof?: Proof }
  /** Generated media; `text` is base64. */
  | { readonly kind: 'image' | 'audio'; readonly mediaType: string; text: string }
  | { readonly kind: 'other'; readonly protocol: Protocol; readonly raw: unknown; text: string };
export type BlockKind = Block['kind'];

export interface Choice {
  readonly blocks: Block[];
  finish: Finish | null;
}

/** A whole answer. */
export interface Answer {
  /** The provider's id of it. */
  id: string | null;
  /** The model the provider says it used. */
  model: string | null;
  readonly choices: Choice[];
  usage: Usage | null;
}

/** How a provider's failure is to be understood, whatever its words. */
export type FailureKind =
  | 'invalid_request'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'too_large'
  | 'rate_limit'
  /** The account there has no credit left: waiting does not help. */
  | 'quota'
  | 'overloaded'
  | 'timeout'
  | 'server'
  | 'context_window'
  | 'content_policy';

/** A provider's failure, in a response of its own or in the middle of a stream. */
export interface ProviderError {
  readonly kind: FailureKind;
  readonly status: number;
  readonly message: string;
  /** The provider's own type and code, for a client of the same protocol. */
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
  /** When to try again, where the body says so and no header does. */
  readonly retryAfterSeconds?: number;
}

/**
 * Hears an answer as it comes. `open` announces block `n` (with empty text), `delta` adds to its text, `close` ends it;
 * blocks of different numbers may interleave. A tool call is opened once its name is known. `usage` may come several times,
 * always as totals: the last counts. `finish` comes once a choice, after its blocks are closed; `end` after the protocol's own
 * terminal marker, and never after `fail`. An answer without `end` or `fail` was cut off.
 */
export interface AnswerSink {
  start(id: string | null, model: string | null): void;
  open(n: number, choice: number, block: Block): void;
  delta(n: number, text: string): void;
  /** The proof of a reasoning block or tool call, whole; before its `close`. */
  proof(n: number, proof: Proof): void;
  close(n: number): void;
  finish(choice: number, finish: Finish): void;
  usage(usage: Usage): void;
  end(): void;
  fail(error: ProviderError): void;
}
