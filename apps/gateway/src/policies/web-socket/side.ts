import type { Duplex } from 'node:stream';
import { closeFrame, controlFrame, textFrame } from './control-frames.ts';
import { FrameReader, type FrameSink, OPCODE } from './frames.ts';
import { MessageRate } from './message-rate.ts';

/** What is heard of one side of a WebSocket. */
export interface SideListener {
  /** A message of this side begins; `false` waits with it. */
  onMessage(side: Side): boolean;
  onData(side: Side, bytes: Buffer, payloadBytes: number): void;
  /** A whole message, of sides that put them together; `false` waits with what follows. */
  onWhole(side: Side, opcode: number, payload: Buffer): boolean;
  onControl(side: Side, opcode: number, payload: Buffer, frame: Buffer): void;
  /** The side broke the rules of RFC 6455. */
  onFault(side: Side, code: number, reason: string): void;
  /** Its connection is gone. */
  onGone(side: Side): void;
}

export interface SideSettings {
  readonly name: 'client' | 'upstream';
  readonly maxMessageBytes: number;
  readonly messagesPerSecond: number | undefined;
  /** Messages are read, and so put together. */
  readonly whole: boolean;
}

/** Tells our pings from those of the other side. */
const PING = Buffer.from('parley');

/** One side of a WebSocket through the gateway: its connection, what it sends, and when it was last heard. */
export class Side implements FrameSink {
  readonly name: 'client' | 'upstream';
  readonly reader: FrameReader;
  readonly rate: MessageRate;
  heardAt = performance.now();
  messages = 0;
  bytes = 0;
  #pinged = false;
  #ended = false;
  readonly #socket: Duplex;
  readonly #listener: SideListener;

  constructor(socket: Duplex, settings: SideSettings, listener: SideListener) {
    this.name = settings.name;
    this.#socket = socket;
    this.#listener = listener;
    this.reader = new FrameReader(this.name === 'client', settings.maxMessageBytes, this, settings.whole);
    this.rate = new MessageRate(settings.messagesPerSecond);
  }

  /** Begins to read; `head` came before. */
  listen(head: Buffer): void {
    const gone = (): void => this.#listener.onGone(this);
    this.#socket.on('end', gone).on('close', gone);
    if (head.length > 0) this.#hear(head);
    this.#socket.on('data', (chunk: Buffer) => this.#hear(chunk)).resume();
  }

  onMessage(): boolean {
    return this.#listener.onMessage(this);
  }

  onData(bytes: Buffer, payloadBytes: number): void {
    this.bytes += payloadBytes;
    this.#listener.onData(this, bytes, payloadBytes);
  }

  onWhole(opcode: number, payload: Buffer): boolean {
    this.bytes += payload.length;
    return this.#listener.onWhole(this, opcode, payload);
  }

  /** Sends a text of ours to this side; `other` waits while it is not taken. */
  say(text: string, other: Side): void {
    this.write(textFrame(text, this.name === 'upstream'), other);
  }

  onControl(opcode: number, payload: Buffer, frame: Buffer): void {
    if (opcode === OPCODE.pong && payload.equals(PING)) return;
    this.#listener.onControl(this, opcode, payload, frame);
  }

  onFault(code: number, reason: string): void {
    this.#listener.onFault(this, code, reason);
  }

  /** Sends frames of the other side on; reads no more of that side until this one has taken them. */
  write(bytes: Buffer, from: Side): void {
    if (this.#ended || this.#socket.destroyed) return;
    if (this.#socket.write(bytes) || from.#socket.isPaused()) return;
    from.#socket.pause();
    this.#socket.once('drain', () => from.#socket.resume());
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Asks whether the side is still there once it was silent for `pingMs`; false when it has not answered for as long again. */
  isThere(nowMs: number, pingMs: number, midFrame: boolean): boolean {
    // What is not read because the other side is slow cannot be heard, nor a ping be sent past what waits to be taken.
    if (this.#socket.isPaused() || this.#socket.writableLength > 0) this.#noteAlive(nowMs);
    const silentMs = nowMs - this.heardAt;
    if (silentMs >= pingMs && !this.#pinged && !midFrame) {
      this.#pinged = true;
      this.#socket.write(controlFrame(OPCODE.ping, PING, this.name === 'upstream'));
    }
    return silentMs < 2 * pingMs;
  }

  /**
   * Ends the connection: with a close frame where one can still be put in, and by force after `closeMs`. What the side
   * still sends is thrown away.
   */
  end(code: number, reason: string, midFrame: boolean, closeMs: number): void {
    this.reader.stop();
    if (this.#ended) return;
    this.#ended = true;
    if (midFrame || this.#socket.destroyed) return this.destroy();
    this.#socket.end(closeFrame(code, reason, this.name === 'upstream'));
    this.#socket.resume();
    const timer = setTimeout(() => this.destroy(), closeMs).unref();
    this.#socket.once('close', () => clearTimeout(timer)).once('end', () => this.destroy());
  }

  destroy(): void {
    this.#ended = true;
    this.reader.stop();
    this.#socket.destroy();
  }

  #hear(chunk: Buffer): void {
    this.#noteAlive(performance.now());
    this.reader.push(chunk);
  }

  #noteAlive(nowMs: number): void {
    this.heardAt = nowMs;
    this.#pinged = false;
  }
}
