import { ServerResponse } from 'node:http';
import { responseIdOf } from '../background/job-object.ts';
import type { Exchange } from '../exchange.ts';
import { NumberedEvents, OwnResponseId } from './events.ts';

/** What becomes of a kept answer's text beside being sent. */
export interface EventKeeper {
  begin(contentType: string): void;
  keep(text: string, last: number): void;
  end(whole: boolean): void;
}

const EVENTS = /^text\/event-stream\b/i;

/**
 * An answer in events that outlives its client's connection: numbered, sent while there is somebody, and kept. An answer of
 * another kind passes as it is.
 */
export class KeptResponse extends ServerResponse {
  readonly #exchange: Exchange;
  readonly #client: ServerResponse;
  readonly #keeper: EventKeeper;
  readonly #events = new NumberedEvents();
  readonly #name: OwnResponseId | null;
  #keeps = false;
  #left = false;

  constructor(exchange: Exchange, keeper: EventKeeper) {
    super(exchange.request);
    this.#exchange = exchange;
    this.#client = exchange.response;
    this.#keeper = keeper;
    this.#name = exchange.dialect === 'openai_responses' ? new OwnResponseId(responseIdOf(exchange.id)) : null;
    this.#client.on('drain', () => this.emit('drain'));
  }

  /** The client's connection is gone. True when the answer goes on without it. */
  leave(): boolean {
    if (!this.#keeps) return false;
    this.#left = true;
    // Whoever waits for the client waits no more.
    this.emit('drain');
    return true;
  }

  override writeHead(status: number, headers?: unknown): this {
    const flat = (headers ?? []) as readonly string[];
    const type = flat[flat.indexOf('content-type') + 1] ?? '';
    this.#keeps = status === 200 && EVENTS.test(type);
    if (this.#keeps) this.#keeper.begin(type);
    this.#client.writeHead(status, headers as never);
    return this;
  }

  override write(chunk: string | Uint8Array): boolean {
    if (!this.#keeps) return this.#client.write(chunk);
    return this.#send(this.#events.feed(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')));
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (!this.#keeps) {
      this.#client.end(chunk as never, encoding as never);
      return this;
    }
    const text =
      chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : typeof chunk === 'string' ? chunk : '';
    this.#send(this.#events.feed(text) + this.#events.end());
    this.#keeper.end(true);
    if (!this.#left) this.#client.end();
    return this;
  }

  /** Of a call that goes on only the client's side ends: it was too slow. */
  override destroy(): this {
    if (this.#exchange.settled && this.#keeps) this.#keeper.end(false);
    this.#client.destroy();
    return this;
  }

  #send(events: string): boolean {
    if (events === '') return true;
    const text = this.#name?.put(events) ?? events;
    this.#keeper.keep(text, this.#events.last);
    return this.#left || this.#client.destroyed ? true : this.#client.write(text);
  }
}
