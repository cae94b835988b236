import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** A request whose body comes from a stream. */
export interface StreamedRequest {
  /** Leaves with the first bytes of the body: what is broken off before is never heard of. */
  readonly head: string;
  readonly body: Readable;
  /** Bytes the body was announced with; -1 for chunks. */
  readonly length: number;
}

export interface BodySenderEvents {
  onBodySent(): void;
  onBodyFailed(error: Error): void;
}

/**
 * A request on its way from a stream to a socket, at the socket's pace. More or fewer bytes than announced are a failure:
 * the rest would be read as another request.
 */
export class BodySender {
  readonly #socket: Socket;
  readonly #body: Readable;
  readonly #length: number;
  readonly #events: BodySenderEvents;
  /** Until it has left. */
  #head: string;
  #sent = 0;
  #over = false;

  constructor(socket: Socket, { head, body, length }: StreamedRequest, events: BodySenderEvents) {
    this.#socket = socket;
    this.#head = head;
    this.#body = body;
    this.#length = length;
    this.#events = events;
    body.on('data', (chunk: Buffer) => this.#send(chunk));
    body.on('end', () => this.#end());
    body.on('error', (error) => this.#fail(error));
    body.on('close', () => this.#fail(new Error('the request body ended too early')));
  }

  /** The socket takes more. */
  resume(): void {
    if (!this.#over) this.#body.resume();
  }

  /** The rest is not wanted; lets go of the stream. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#body.destroy();
  }

  #send(chunk: Buffer): void {
    if (this.#over || chunk.length === 0) return;
    this.#sent += chunk.length;
    if (this.#length !== -1 && this.#sent > this.#length) {
      return this.#fail(new Error('the request body is longer than announced'));
    }
    if (!this.#write(chunk)) this.#body.pause();
  }

  #write(chunk: Buffer): boolean {
    const socket = this.#socket;
    const before = this.#length === -1 ? `${this.#takeHead()}${chunk.length.toString(16)}\r\n` : this.#takeHead();
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    let more = socket.write(chunk);
    if (this.#length === -1) more = socket.write('\r\n', 'latin1');
    socket.uncork();
    return more;
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #end(): void {
    if (this.#over) return;
    if (this.#length !== -1 && this.#sent !== this.#length) {
      return this.#fail(new Error('the request body is shorter than announced'));
    }
    this.#over = true;
    const last = this.#length === -1 ? `${this.#takeHead()}0\r\n\r\n` : this.#takeHead();
    if (last !== '') this.#socket.write(last, 'latin1');
    this.#events.onBodySent();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.stop();
    this.#events.onBodyFailed(error);
  }
}
