import type { Exchange } from '../exchange.ts';
import type { LinkedList } from '../linked-list.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { endByGateway } from '../stages/end-early.ts';
import { hasBody } from '../wire/body.ts';

/** How slow a client may be before its connection is given to somebody else. */
export interface Pace {
  /** Fewest bytes a second, of a body being read or an answer being taken, over a whole window. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
  readonly tickMs: number;
}

/** As Apache's mod_reqtimeout has it by default: 500 bytes a second, judged after 20 s. */
export const PACE: Pace = { minBytesPerSecond: 500, windowMs: 20_000, tickMs: 1000 };

interface Window {
  from: number;
  bytes: number;
}

/** The exchanges whose answer is not complete. */
type Running = Pick<LinkedList<Exchange>, 'forEach'>;

/**
 * Ends calls of clients that send their body, or take their answer, by drops: each would hold a connection and memory
 * for as long as it likes. Time in which the client waits for us does not count.
 */
export class SlowClients {
  readonly #running: Running;
  readonly #ports: Ports;
  readonly #pace: Pace;
  readonly #sending = new WeakMap<Exchange, Window>();
  readonly #taking = new WeakMap<Exchange, Window>();
  readonly #timer: NodeJS.Timeout;

  constructor(running: Running, ports: Ports, pace: Pace) {
    this.#running = running;
    this.#ports = ports;
    this.#pace = pace;
    this.#timer = setInterval(() => this.#sweep(performance.now()), pace.tickMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(now: number): void {
    this.#running.forEach((exchange) => {
      if (now - exchange.startedAt >= this.#pace.tickMs) this.#judge(exchange, now);
    });
  }

  #judge(exchange: Exchange, now: number): void {
    const { socket } = exchange.request;
    const reading = !exchange.request.complete && exchange.request.readableFlowing === true && hasBody(exchange);
    const waiting = socket.writableLength > 0;
    if (this.#isSlow(this.#sending, exchange, reading, socket.bytesRead, now)) this.#end(exchange);
    else if (this.#isSlow(this.#taking, exchange, waiting, socket.bytesWritten - socket.writableLength, now)) {
      exchange.response.destroy();
    }
  }

  #isSlow(
    windows: WeakMap<Exchange, Window>,
    exchange: Exchange,
    counts: boolean,
    bytes: number,
    now: number,
  ): boolean {
    if (!counts) {
      windows.delete(exchange);
      return false;
    }
    const window = windows.get(exchange);
    if (window === undefined) {
      windows.set(exchange, { from: now, bytes });
      return false;
    }
    const waitedMs = now - window.from;
    if (waitedMs < this.#pace.windowMs) return false;
    const slow = bytes - window.bytes < (this.#pace.minBytesPerSecond * waitedMs) / 1000;
    window.from = now;
    window.bytes = bytes;
    return slow;
  }

  #end(exchange: Exchange): void {
    exchange.closes = true;
    if (exchange.settled) exchange.response.destroy();
    else endByGateway(exchange, refusal('client_too_slow'), this.#ports);
  }
}
