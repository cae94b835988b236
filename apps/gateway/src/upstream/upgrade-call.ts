import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Timeouts } from '@parley/contracts/snapshot';
import type { Exchange } from '../exchange.ts';
import { acceptOf } from '../policies/web-socket/handshake.ts';
import type { Refusal } from '../refusals.ts';
import type { Receiver } from './call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { failureCode } from './failure.ts';
import { readAnswerHead } from './http1/answer-head.ts';
import { AnswerReader, type AnswerSink } from './http1/answer-reader.ts';
import { ConnectionLostError } from './http1/connection.ts';
import { MalformedAnswerError } from './http1/malformed-answer.ts';
import { requestHead } from './http1/request-head.ts';
import type { Upstreams } from './pool.ts';
import type { RunningCall } from './running-call.ts';
import type { Place, Targets } from './target-choice.ts';

/** What is done with the upstream's answer to a handshake; an answer that does not switch comes as any other. */
export interface UpgradeReceiver extends Receiver {
  /** The connection speaks WebSocket from here on. It is paused. */
  onUpgrade(headers: IncomingHttpHeaders, socket: Socket): void;
}

export interface Handshake {
  readonly choice: Targets;
  /** Path and query after a target's own path. */
  readonly suffix: string;
  readonly headers: readonly string[];
  readonly timeouts: Timeouts;
  readonly upstreams: Upstreams;
  readonly deadlines: Deadlines;
}

const MIN_IDLE_MS = 30_000;
const MAX_HEAD = 16_384;
const SWITCHES = /^HTTP\/1\.1 101[ \r]/;

/**
 * The handshake of a WebSocket with an upstream (RFC 6455 §4.1), with a key of our own, on a connection of its own through
 * the SSRF-safe connector. A target that cannot be reached is followed by another.
 */
export class UpgradeCall implements AnswerSink, Timed, RunningCall {
  deadline = Number.POSITIVE_INFINITY;
  previous: Timed | null = null;
  next: Timed | null = null;
  readonly #exchange: Exchange;
  readonly #handshake: Handshake;
  readonly #receiver: UpgradeReceiver;
  readonly #key = randomBytes(16).toString('base64');
  #socket: Socket | null = null;
  #head: Buffer = Buffer.alloc(0);
  /** Reads an answer that does not switch. */
  #reader: AnswerReader | null = null;
  #over = false;

  constructor(exchange: Exchange, handshake: Handshake, receiver: UpgradeReceiver) {
    this.#exchange = exchange;
    this.#handshake = handshake;
    this.#receiver = receiver;
  }

  /** Begins; a refusal when the breaker lets no call pass. */
  start(): Refusal | null {
    const { choice, deadlines } = this.#handshake;
    const refused = choice.enter();
    if (refused !== null) return refused;
    this.#exchange.upstreamStartedAt = performance.now();
    deadlines.add(this);
    if (choice.ready === null) this.#try();
    else void choice.ready.then(() => this.#over || this.#try());
    return null;
  }

  /** Something of the handshake may have arrived. */
  get reached(): boolean {
    return this.#exchange.upstreamReached;
  }

  pause(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#socket?.pause();
  }

  resume(): void {
    this.#expect(Math.max(this.#handshake.timeouts.headersMs, MIN_IDLE_MS));
    this.#socket?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#reader?.stop();
    this.#handshake.choice.leave();
    this.#socket?.destroy();
  }

  onDeadline(): void {
    this.#handshake.choice.judge(false);
    this.#fail('upstream_timeout', new Error('the upstream took longer than the time allowed'));
  }

  onAnswerHead(status: number, headers: IncomingHttpHeaders): void {
    this.#handshake.choice.judge(status < 500);
    this.#handshake.choice.conclude(status < 500);
    this.#tell(() => this.#receiver.onHead(status, headers));
  }

  onAnswerData(chunk: Buffer): void {
    if (!this.#over) this.#tell(() => this.#receiver.onData(chunk));
  }

  onAnswerEnd(): void {
    if (this.#over) return;
    this.abort();
    this.#tell(() => this.#receiver.onEnd());
  }

  #try(): void {
    const { choice, upstreams, timeouts } = this.#handshake;
    const place = choice.next();
    if (place === null) return this.#fail('upstream_unhealthy', new Error('no target is healthy'));
    const { protocol, hostname, port, host } = new URL(place.origin);
    const servername = place.host === null ? undefined : new URL(`http://${place.host}`).hostname;
    this.#exchange.attempts++;
    this.#expect(timeouts.connectMs + timeouts.headersMs);
    const connect = upstreams.connector(timeouts.connectMs);
    this.#socket = connect({ protocol, hostname, port, servername }, (error, socket) => {
      if (this.#over) return;
      if (socket === null) return this.#unreached(error ?? new ConnectionLostError('no connection'));
      this.#ask(socket, place, place.host ?? host);
    });
    this.#socket?.on('error', () => {});
  }

  #unreached(error: Error): void {
    this.#handshake.choice.judge(false);
    if (this.#handshake.choice.hasMore) this.#try();
    else this.#fail(failureCode(error), error);
  }

  #ask(socket: Socket, { basePath }: Place, host: string): void {
    const { suffix, headers, timeouts } = this.#handshake;
    const own = ['sec-websocket-version', '13', 'sec-websocket-key', this.#key];
    const request = { method: 'GET', path: basePath + suffix || '/', headers: [...headers, ...own], body: null };
    this.#exchange.upstreamReached = true;
    this.#expect(timeouts.headersMs);
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
    try {
      const head = requestHead(request, host, 0).slice(0, -2);
      socket.write(`${head}connection: Upgrade\r\nupgrade: websocket\r\n\r\n`, 'latin1');
    } catch (error) {
      this.#fail(failureCode(error), error as Error);
    }
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#over) return;
    try {
      if (this.#reader === null) this.#readHead(chunk);
      else {
        this.#expect(Math.max(this.#handshake.timeouts.headersMs, MIN_IDLE_MS));
        this.#reader.read(chunk);
      }
    } catch (error) {
      this.#handshake.choice.judge(false);
      this.#fail(failureCode(error), error as Error);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#over || this.#reader?.end()) return;
    if (this.#reader === null) this.#handshake.choice.judge(false);
    this.#fail('upstream_unreachable', new ConnectionLostError('the upstream closed the connection'));
  };

  /** Whether the upstream switches shows when the head is there. */
  #readHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1 || end > MAX_HEAD) {
      if (this.#head.length > MAX_HEAD) throw new MalformedAnswerError('the head is too large');
      return;
    }
    const text = this.#head.toString('latin1', 0, end);
    if (SWITCHES.test(text)) return this.#switch(readAnswerHead(text, true).headers, this.#head.subarray(end + 4));
    this.#reader = new AnswerReader(this);
    this.#reader.begin(false);
    this.resume();
    this.#reader.read(this.#head);
  }

  #switch(headers: IncomingHttpHeaders, rest: Buffer): void {
    const socket = this.#socket as Socket;
    const { choice } = this.#handshake;
    const accepted = headers['sec-websocket-accept'] === acceptOf(this.#key);
    if (!accepted || headers.upgrade?.toLowerCase() !== 'websocket' || headers['sec-websocket-extensions']) {
      throw new MalformedAnswerError('the upstream answered the handshake with something else');
    }
    choice.judge(true);
    choice.conclude(true);
    this.#finish();
    socket.pause().off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    if (rest.length > 0) socket.unshift(rest);
    this.#tell(() => this.#receiver.onUpgrade(headers, socket));
  }

  #expect(withinMs: number): void {
    this.deadline = performance.now() + withinMs;
  }

  #fail(code: RefusalCode, error: Error): void {
    if (this.#over) return;
    this.#handshake.choice.conclude(false);
    this.abort();
    this.#tell(() => this.#receiver.onFail(code, error));
  }

  #tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      this.abort();
      this.#receiver.onBug(error);
    }
  }

  #finish(): void {
    this.#over = true;
    this.#handshake.deadlines.remove(this);
  }
}
