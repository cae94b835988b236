import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { refuse } from '../stages/refuse.ts';
import type { Relay } from '../stages/relay.ts';
import { PassingRelay } from './passing-relay.ts';

/** An answer in whole. Its headers need no `content-length`: that is set from the body when it goes on. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Holding {
  /** Larger answers are refused with `answer_too_large`, told to nobody before. */
  readonly maxBytes: number;
  /** Whether an answer with this head is held at all; others pass as they come. */
  readonly holds: (status: number, headers: IncomingHttpHeaders) => boolean;
  /** What becomes of a whole answer. Must not throw for what an upstream can send. */
  readonly map: (answer: WholeAnswer) => WholeAnswer | Refusal | Promise<WholeAnswer | Refusal>;
}

/**
 * Holds an answer back until it is whole, and hands on what it is made into. For what needs all of it, like mapping its
 * body; the caller gets the first byte only after the upstream's last.
 */
export class HeldAnswer extends PassingRelay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #holding: Holding;
  #head: { readonly status: number; readonly headers: IncomingHttpHeaders } | null = null;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #over = false;
  /** Nobody waits for it: what is fetched behind an outdated answer belongs to a call that has ended. */
  readonly #unheard: boolean;

  constructor(next: Relay, exchange: Exchange, ports: Ports, holding: Holding) {
    super(next);
    this.#exchange = exchange;
    this.#ports = ports;
    this.#holding = holding;
    this.#unheard = exchange.settled;
  }

  override onHead(status: number, headers: IncomingHttpHeaders): void {
    if (this.#holding.holds(status, headers)) this.#head = { status, headers };
    else this.next.onHead(status, headers);
  }

  override onData(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#head === null) return this.next.onData(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#holding.maxBytes) return this.#refuse(refusal('answer_too_large'));
    this.#pieces.push(chunk);
  }

  override onEnd(): void {
    if (this.#over) return;
    if (this.#head === null) return this.next.onEnd();
    const mapped = this.#holding.map({ ...this.#head, body: Buffer.concat(this.#pieces.splice(0)) });
    if (!(mapped instanceof Promise)) return this.#handOn(mapped);
    mapped.then(
      (answer) => this.#handOn(answer),
      (error: unknown) => this.onBug(error),
    );
  }

  override onFail(code: RefusalCode, error: Error): void {
    if (!this.#over) this.next.onFail(code, error);
  }

  #handOn(answer: WholeAnswer | Refusal): void {
    if (this.#exchange.settled && !this.#unheard) return;
    if (answer instanceof Refusal) return this.#refuse(answer);
    const { status, headers, body } = answer;
    const bodiless = this.#exchange.method === 'HEAD' || status === 204 || status === 304;
    this.next.onHead(status, bodiless ? headers : { ...headers, 'content-length': String(body.length) });
    if (!bodiless && body.length > 0) this.next.onData(body);
    this.next.onEnd();
  }

  #refuse(reason: Refusal): void {
    this.#over = true;
    this.#pieces.length = 0;
    // Whoever waits for this answer too (the cache's other callers) is told that there is none.
    this.next.noteUsage();
    refuse(this.#exchange, reason, this.#ports);
  }
}
