import type { Socket } from 'node:net';

/** What an HTTP/2 connection in clear text begins with (RFC 9113 §3.4); no method of HTTP/1 begins like it. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** A connection that says nothing for this long is closed. */
const SILENCE_MS = 15_000;

/**
 * Hands a connection to the protocol that its first bytes belong to: HTTP/2 with prior knowledge, else HTTP/1. What was
 * read to tell is there to be read again.
 */
export class FirstBytes {
  readonly #toHttp1: (socket: Socket) => void;
  readonly #toHttp2: (socket: Socket) => void;
  /** Those that have not said enough. */
  readonly #undecided = new Set<Socket>();

  constructor(toHttp1: (socket: Socket) => void, toHttp2: (socket: Socket) => void) {
    this.#toHttp1 = toHttp1;
    this.#toHttp2 = toHttp2;
  }

  accept(socket: Socket): void {
    let seen: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), SILENCE_MS).unref();
    const decide = (to: (socket: Socket) => void): void => {
      clearTimeout(timer);
      this.#undecided.delete(socket);
      socket.off('readable', onReadable).off('error', onEnd).off('end', onEnd).off('close', onEnd);
      socket.unshift(seen);
      to(socket);
    };
    const onEnd = (): void => {
      clearTimeout(timer);
      this.#undecided.delete(socket);
      socket.destroy();
    };
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const compared = Math.min(seen.length, PREFACE.length);
      if (seen.compare(PREFACE, 0, compared, 0, compared) !== 0) decide(this.#toHttp1);
      else if (compared >= 3) decide(this.#toHttp2);
    };
    this.#undecided.add(socket);
    socket.on('readable', onReadable).on('error', onEnd).on('end', onEnd).on('close', onEnd);
  }

  /** Closes connections that have asked nothing. */
  close(): void {
    for (const socket of this.#undecided) socket.destroy();
  }
}
