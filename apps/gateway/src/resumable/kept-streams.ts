import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { clientGone, endByGateway } from '../stages/end-early.ts';
import type { StreamStore } from './stream-store.ts';
import type { StreamWriter } from './stream-writer.ts';

export interface StreamTimes {
  /** Between signs of life of those that write and those that read. */
  readonly beatMs: number;
  /** Readers look for more this often. */
  readonly lookMs: number;
}

export const STREAM_TIMES: StreamTimes = { beatMs: 2000, lookMs: 100 };

/** A sign of life holds for this many of them. */
const BEATS = 4;
const CLOSE_MS = 1000;

/** Kept streams that this node writes. One nobody reads for its grace is ended; so is one that was cancelled. */
export class KeptStreams {
  readonly store: StreamStore;
  readonly times: StreamTimes;
  readonly #writers = new Map<StreamWriter, number>();
  #timer: NodeJS.Timeout | null = null;
  #ports: Ports | null = null;

  constructor(store: StreamStore, times: Partial<StreamTimes> = {}) {
    this.store = store;
    this.times = { ...STREAM_TIMES, ...times };
  }

  /** For how long a sign of life holds. */
  get aliveMs(): number {
    return this.times.beatMs * BEATS;
  }

  add(writer: StreamWriter, graceMs: number, ports: Ports): void {
    this.#writers.set(writer, graceMs);
    this.#ports = ports;
    this.#timer ??= setInterval(() => void this.#beat(), this.times.beatMs).unref();
  }

  /** It has ended, and is not looked after any more once all of it is kept. */
  remove(writer: StreamWriter): void {
    void writer.settled().then(() => this.#writers.delete(writer));
  }

  /** Ends what goes on without a client, and waits until all is kept. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const writers = [...this.#writers.keys()];
    for (const { exchange } of writers)
      if (this.#ports !== null) endByGateway(exchange, refusal('shutting_down'), this.#ports);
    const until = performance.now() + CLOSE_MS;
    // Their ends come once they are recorded.
    while (this.#writers.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async #beat(): Promise<void> {
    const ports = this.#ports;
    if (ports === null) return;
    await Promise.all([...this.#writers].map(([writer, graceMs]) => this.#beatOne(writer, graceMs, ports)));
  }

  async #beatOne(writer: StreamWriter, graceMs: number, ports: Ports): Promise<void> {
    const { exchange } = writer;
    const sign = await this.store.beat(writer.id, this.aliveMs).catch(() => ({ watched: false, cancelled: false }));
    if (exchange.settled) return;
    if (sign.cancelled) return endByGateway(exchange, refusal('job_cancelled'), ports);
    if (!exchange.clientLeft) return;
    const now = performance.now();
    writer.unreadSince = sign.watched ? now : (writer.unreadSince ?? now);
    if (now - writer.unreadSince >= graceMs || writer.isCut) clientGone(exchange, ports, true);
  }
}
