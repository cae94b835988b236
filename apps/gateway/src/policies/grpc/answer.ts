import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import type { GrpcReceiver } from './grpc-call.ts';
import { codeName, type GrpcStatus, refusalOf } from './status.ts';

/** Writes a message of the answer as JSON. Throws for bytes that are no such message. */
export type ToJson = (bytes: Buffer) => string;

interface Way {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly relay: Relay;
  readonly toJson: ToJson;
}

abstract class Answer implements GrpcReceiver {
  protected readonly way: Way;

  constructor(way: Way) {
    this.way = way;
  }

  abstract onMessage(bytes: Buffer): void;
  abstract onStatus(status: GrpcStatus): void;
  abstract onFail(code: RefusalCode): void;

  onBug(error: unknown): void {
    this.way.relay.onBug(error);
  }

  /** Ends the call with a refusal; nothing was answered yet. */
  protected refuse(reason: Refusal): void {
    refuse(this.way.exchange, reason, this.way.ports);
  }

  /** The JSON of a message; `null` when it cannot be read, and the call is ended. */
  protected read(bytes: Buffer): string | null {
    try {
      return this.way.toJson(bytes);
    } catch {
      this.way.exchange.call?.abort();
      this.onFail('answer_unreadable');
      return null;
    }
  }
}

/** One message as a JSON answer. */
export class UnaryAnswer extends Answer {
  #json: string | null = null;

  onMessage(bytes: Buffer): void {
    if (this.#json === null) {
      this.#json = this.read(bytes);
      return;
    }
    this.way.exchange.call?.abort();
    this.onFail('answer_unreadable');
  }

  onStatus(status: GrpcStatus): void {
    const { relay } = this.way;
    if (status.code !== 0) return this.refuse(refusalOf(status));
    if (this.#json === null) return this.refuse(refusal('answer_unreadable'));
    const body = Buffer.from(this.#json);
    relay.onHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
    if (this.way.exchange.method !== 'HEAD') relay.onData(body);
    relay.onEnd();
  }

  onFail(code: RefusalCode): void {
    this.refuse(refusal(code));
  }
}

/** How messages of a stream, and its failure, are written. */
export interface StreamForm {
  readonly contentType: string;
  message(json: string): string;
  failure(json: string): string;
}

/** Server-sent events (WHATWG HTML §9.2). JSON has no line breaks of its own here. */
export const SSE: StreamForm = {
  contentType: 'text/event-stream; charset=utf-8',
  message: (json) => `data: ${json}\n\n`,
  failure: (json) => `event: error\ndata: ${json}\n\n`,
};

/** One JSON text a line; the failure is the one with `error`. */
export const NDJSON: StreamForm = {
  contentType: 'application/x-ndjson',
  message: (json) => `${json}\n`,
  failure: (json) => `${json}\n`,
};

/** Messages as they come. What fails before the first is an ordinary refusal; later it is told in the stream, which then ends. */
export class StreamAnswer extends Answer {
  readonly #form: StreamForm;
  #begun = false;

  constructor(way: Way, form: StreamForm) {
    super(way);
    this.#form = form;
  }

  onMessage(bytes: Buffer): void {
    const json = this.read(bytes);
    if (json === null) return;
    this.#begin();
    this.way.relay.onData(Buffer.from(this.#form.message(json)));
  }

  onStatus(status: GrpcStatus): void {
    if (status.code !== 0) return this.#fail(refusalOf(status), codeName(status.code));
    this.#begin();
    this.way.relay.onEnd();
  }

  onFail(code: RefusalCode): void {
    if (this.#begun && code !== 'answer_too_large') this.way.exchange.abortedBy = 'upstream';
    this.#fail(refusal(code), null);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.way.relay.onHead(200, {
      'content-type': this.#form.contentType,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  }

  #fail(reason: Refusal, status: string | null): void {
    const { exchange, relay } = this.way;
    if (!this.#begun) return this.refuse(reason);
    exchange.code = reason.code;
    const { code, message } = reason;
    const error = { code, message, ...(status === null ? {} : { status }), requestId: exchange.id };
    relay.onData(Buffer.from(this.#form.failure(JSON.stringify({ error }))));
    relay.onEnd();
  }
}
