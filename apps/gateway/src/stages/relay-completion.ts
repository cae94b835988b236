import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import type { ModelRelay } from '../models/try.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { endByBug } from './end-by-bug.ts';
import { cutFailure, providerFailure, unreachedFailure } from './provider-failure.ts';
import { refuse } from './refuse.ts';
import { noteEstimatedUsage } from './usage.ts';

/** Answers of a provider that are read whole are refused beyond this size. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Answers the call from a provider's text, or says why that is no answer. */
export type Answer = (exchange: Exchange, ports: Ports, text: string) => TryFailure | Refusal | null;

/** A provider's answer that is not streamed: read whole, checked, its usage noted, then answered. */
export class CompletionRelay implements ModelRelay {
  readonly begun = false;
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #answer: Answer;
  readonly #failed: (failure: TryFailure) => void;
  readonly #chunks: Buffer[] = [];
  status = 0;
  #headers: IncomingHttpHeaders = {};
  #bytes = 0;
  /** The answer was read, and what was used noted from it. */
  #read = false;

  constructor(exchange: Exchange, ports: Ports, answer: Answer, failed: (failure: TryFailure) => void) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#answer = answer;
    this.#failed = failed;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.#headers = headers;
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) refuse(this.#exchange, refusal('upstream_invalid'), this.#ports);
    else this.#chunks.push(chunk);
  }

  onEnd(): void {
    const exchange = this.#exchange;
    const text = Buffer.concat(this.#chunks).toString('utf8');
    if (this.status < 200 || this.status > 299) {
      return this.#failed(providerFailure(exchange, this.status, this.#headers, text, this.#ports.clock.nowMs()));
    }
    this.#read = true;
    const failure = this.#answer(exchange, this.#ports, text);
    if (failure instanceof Refusal) refuse(exchange, failure, this.#ports);
    else if (failure !== null) this.#failed(failure);
  }

  onFail(code: RefusalCode): void {
    // A body that breaks off after its head is a broken answer, not an upstream that cannot be reached.
    const cut = this.status !== 0 && code !== 'upstream_timeout';
    this.#failed(cut ? cutFailure() : unreachedFailure(code));
  }

  onBug(error: unknown): void {
    endByBug(this.#exchange, error, this.#ports);
  }

  /** The request has been at work at the provider; nothing of its answer is known, unless it was read and is being checked. */
  noteUsage(): void {
    if (!this.#read) noteEstimatedUsage(this.#exchange, '');
  }

  brokenText(): null {
    return null;
  }
}
