import { type Linked, LinkedList } from '../../linked-list.ts';

/** Times of every WebSocket, in ms. */
export interface SocketTimes {
  /** Between two looks at all of them. */
  readonly tickMs: number;
  /** A side that was not heard for this long is asked with a ping, and gone after twice as long. */
  readonly pingMs: number;
  /** How long a side may take to close. */
  readonly closeMs: number;
}

const TIMES: SocketTimes = { tickMs: 500, pingMs: 20_000, closeMs: 5000 };
/** Longest time over which closings are spread when the node shuts down, so that not all callers come back at once. */
const MAX_DRAIN_MS = 10_000;

/** An open WebSocket, as this list sees it. */
export interface OpenSocket extends Linked<OpenSocket> {
  /** Looks after its times and its right to be there. */
  tick(nowMs: number): void;
  /** Ends it politely: the node shuts down. */
  goAway(): void;
}

/** The WebSockets of this process, looked after by one timer. */
export class OpenSockets {
  readonly times: SocketTimes;
  readonly #open = new LinkedList<OpenSocket>();
  #timer: NodeJS.Timeout | null = null;
  #closingPerTick = 0;

  constructor(times: Partial<SocketTimes> = {}) {
    this.times = { ...TIMES, ...times };
  }

  get size(): number {
    return this.#open.size;
  }

  add(socket: OpenSocket): void {
    this.#open.add(socket);
    this.#timer ??= setInterval(() => this.#tick(), this.times.tickMs).unref();
  }

  remove(socket: OpenSocket): void {
    this.#open.remove(socket);
  }

  /** Ends all of them, spread over the time given. */
  drain(withinMs: number): void {
    const ticks = Math.max(1, Math.floor(Math.min(withinMs, MAX_DRAIN_MS) / this.times.tickMs));
    this.#closingPerTick = Math.max(1, Math.ceil(this.#open.size / ticks));
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const now = performance.now();
    let closing = this.#closingPerTick;
    this.#open.forEach((socket) => {
      if (closing-- > 0) socket.goAway();
      else socket.tick(now);
    });
  }
}
