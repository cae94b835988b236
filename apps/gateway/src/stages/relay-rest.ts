import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { addOwnHeaders, relayedHeaders } from '../wire/response-headers.ts';
import { endByBug } from './end-by-bug.ts';
import { refuse } from './refuse.ts';
import type { Relay } from './relay.ts';
import { settle, settleBroken } from './settle.ts';

/**
 * The answer of a REST upstream, byte for byte. The last piece of a body of known length, or the end mark of one of
 * unknown length, waits for the record; everything before passes at once, at the client's pace.
 */
export class RestRelay implements Relay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  #expected = -1;
  #draining = false;

  constructor(exchange: Exchange, ports: Ports) {
    this.#exchange = exchange;
    this.#ports = ports;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const exchange = this.#exchange;
    const own = relayedHeaders(headers);
    own.push('via', '1.1 parley');
    addOwnHeaders(exchange, own, this.#ports.life.draining);
    exchange.status = status;
    exchange.replyHeaders = own;
    const length = headers['content-length'];
    if (typeof length === 'string') this.#expected = Number(length);
  }

  onData(chunk: Buffer): void {
    const exchange = this.#exchange;
    exchange.responseBytes += chunk.length;
    if (exchange.responseBytes === this.#expected) {
      exchange.replyBody = chunk;
      return;
    }
    exchange.keeping?.piece(chunk);
    if (exchange.response.destroyed) return;
    if (!exchange.headSent) {
      exchange.response.writeHead(exchange.status, exchange.replyHeaders ?? []);
      exchange.headSent = true;
    }
    if (!exchange.response.write(chunk)) this.#waitForClient();
  }

  onEnd(): void {
    settle(this.#exchange, this.#ports);
  }

  onFail(code: RefusalCode): void {
    const exchange = this.#exchange;
    if (!exchange.headSent) return refuse(exchange, refusal(code), this.#ports);
    exchange.code = 'upstream_cut';
    exchange.abortedBy = 'upstream';
    settleBroken(exchange, this.#ports);
  }

  onBug(error: unknown): void {
    endByBug(this.#exchange, error, this.#ports);
  }

  /** Nothing of a REST call is counted but the call. */
  noteUsage(): void {}

  brokenText(): null {
    return null;
  }

  #waitForClient(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#exchange.call?.pause();
    this.#exchange.response.once('drain', () => {
      this.#draining = false;
      this.#exchange.call?.resume();
    });
  }
}
