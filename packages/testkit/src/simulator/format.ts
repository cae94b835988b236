import type { IncomingMessage } from 'node:http';
import type { PromptCache } from './core/prompt.ts';
import type { Exchange } from './exchange.ts';
import type { Failure, WireError } from './failure.ts';
import type { FaultName } from './faults.ts';
import type { Memory } from './memory.ts';

export interface Settings {
  /** Pace of generation; 0 is as fast as it goes. */
  readonly msPerToken: number;
  /** The implicit prompt cache, when the simulator was started with one. */
  readonly promptCache: PromptCache | null;
  /** What formats keep between calls. */
  readonly memory: Memory;
}

/** What a body and the path say about a call before it is checked. */
export interface Look {
  readonly model: string | null;
  readonly stream: boolean;
  /** Text of the last user message, where `[[simulate: …]]` is looked for. */
  readonly text: string;
}

/** One endpoint. `path` has places in braces: `/model/{model}/converse`; they are decoded into `exchange.params`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** What a POST carries: JSON when absent; `maybe` when it may be empty; `form` is handed on as it came (a Buffer). */
  readonly carries?: 'maybe' | 'form';
  handle(exchange: Exchange, body: unknown, settings: Settings): void | Promise<void>;
  /** Absent: model and stream are fields of the body. */
  look?(body: unknown, params: Readonly<Record<string, string>>): Look;
}

/** One provider's manner: how its calls are recognised, checked, refused and answered. */
export interface Format {
  readonly name: string;
  /** True for a call in this format; the first format of `routes.ts` that says so takes it. */
  owns(path: string, request: IncomingMessage): boolean;
  readonly routes: readonly Route[];
  /** Faults it plays. Any other is refused, never ignored. */
  readonly faults: readonly FaultName[];
  /** Throws when the call has no key of the simulator's. `raw` is the body as it came, for formats that sign it. */
  authenticate(exchange: Exchange, raw: Buffer): void;
  /** Headers every answer in this format has. */
  headers(exchange: Exchange): Readonly<Record<string, string>>;
  wire(failure: Failure, exchange: Exchange): WireError;
}
