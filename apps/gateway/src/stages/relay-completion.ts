import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { endByBug } from './end-by-bug.ts';
import { providerFailure } from './provider-failure.ts';
import { refuse } from './refuse.ts';
import type { Relay } from './relay.ts';
import { noteEstimatedUsage } from './usage.ts';

/** Answers of a provider that are read whole are refused beyond this size. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Answers the call from a provider's text, or says why that is no answer. */
export type Answer = (exchange: Exchange, ports: Ports, text: string) => Refusal | null;

/** A provider's answer that is not streamed: read whole, checked, its usage noted, then answered. */
export class CompletionRelay implements Relay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #answer: Answer;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #bytes = 0;

  constructor(exchange: Exchange, ports: Ports, answer: Answer) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#answer = answer;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
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
    if (this.#status < 200 || this.#status > 299) {
      const failure = providerFailure(exchange, this.#status, this.#headers, text, this.#ports.clock.nowMs());
      return refuse(exchange, failure, this.#ports);
    }
    const failure = this.#answer(exchange, this.#ports, text);
    if (failure !== null) refuse(exchange, failure, this.#ports);
  }

  onFail(code: RefusalCode): void {
    // A body that breaks off after its head is a broken answer, not an upstream that cannot be reached.
    const cut = this.#status !== 0 && code !== 'upstream_timeout';
    if (cut) this.#exchange.abortedBy = 'upstream';
    refuse(this.#exchange, refusal(cut ? 'upstream_cut' : code), this.#ports);
  }

  onBug(error: unknown): void {
    endByBug(this.#exchange, error, this.#ports);
  }

  /** The request has been at work at the provider; nothing of its answer is known. */
  noteUsage(): void {
    noteEstimatedUsage(this.#exchange, '');
  }

  brokenText(): null {
    return null;
  }
}
