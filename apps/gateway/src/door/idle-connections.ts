import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';
import type { LinkedList } from '../linked-list.ts';

const TICK_MS = 500;

interface Seen {
  bytes: number;
  since: number;
}

/**
 * Closes HTTP/1 connections on which nothing came or went for so long and nobody waits for an answer. One timer looks at
 * all: Node would set two for each request, which cost more than reading it.
 */
export class IdleConnections {
  readonly #running: Pick<LinkedList<Exchange>, 'forEach'>;
  readonly #idleMs: number;
  readonly #all = new Map<Socket, Seen>();
  readonly #timer: NodeJS.Timeout;

  constructor(running: Pick<LinkedList<Exchange>, 'forEach'>, idleMs: number) {
    this.#running = running;
    this.#idleMs = idleMs;
    this.#timer = setInterval(() => this.#sweep(performance.now()), TICK_MS).unref();
  }

  accept(socket: Socket): void {
    this.#all.set(socket, { bytes: 0, since: performance.now() });
    socket.once('close', () => this.#all.delete(socket));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(now: number): void {
    let busy: Set<Socket> | null = null;
    for (const [socket, seen] of this.#all) {
      const bytes = socket.bytesRead + socket.bytesWritten;
      if (bytes !== seen.bytes) {
        seen.bytes = bytes;
        seen.since = now;
      } else if (now - seen.since >= this.#idleMs) {
        busy ??= this.#busy();
        if (busy.has(socket)) seen.since = now;
        else socket.destroy();
      }
    }
  }

  /** Connections with a call that is not answered in full. */
  #busy(): Set<Socket> {
    const sockets = new Set<Socket>();
    this.#running.forEach(({ request }) => sockets.add(request.socket));
    return sockets;
  }
}
