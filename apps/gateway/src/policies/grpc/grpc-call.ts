import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Timeouts } from '@parley/contracts/snapshot';
import type { Exchange } from '../../exchange.ts';
import type { Refusal } from '../../refusals.ts';
import type { Deadlines, Timed } from '../../upstream/deadlines.ts';
import { failureCode } from '../../upstream/failure.ts';
import { type Call, type Carrier, ConnectionLostError } from '../../upstream/http1/connection.ts';
import type { H2Pool } from '../../upstream/http2/h2-pool.ts';
import type { Upstreams } from '../../upstream/pool.ts';
import type { RunningCall } from '../../upstream/running-call.ts';
import type { TargetChoice } from '../../upstream/target-choice.ts';
import { MessageReader, UnreadableMessageError } from './messages.ts';
import { type GrpcStatus, isFailure, statusIn, statusOfHttp } from './status.ts';

/** What is done with the answer of a gRPC call. After `onStatus` or `onFail` nothing more comes. */
export interface GrpcReceiver {
  onMessage(bytes: Buffer): void;
  onStatus(status: GrpcStatus): void;
  onFail(code: RefusalCode, error: Error): void;
  onBug(error: unknown): void;
}

export interface GrpcRequest {
  readonly choice: TargetChoice;
  /** `/shop.v1.Orders/GetOrder`. */
  readonly path: string;
  readonly headers: readonly string[];
  /** The one message, framed. */
  readonly body: Buffer;
  readonly timeouts: Timeouts;
  readonly maxMessageBytes: number;
  readonly upstreams: Upstreams;
  readonly deadlines: Deadlines;
}

const MIN_IDLE_MS = 30_000;
const GRPC_TYPE = /^application\/grpc(?:\+proto)?(?:$|;)/i;

/**
 * One call of a gRPC method (PROTOCOL-HTTP2.md): one message there, messages and a status back. A target that cannot be
 * connected to is followed by another; what was sent is sent again only where the upstream refused to begin (in the pool).
 */
export class GrpcCall implements RunningCall, Call, Timed {
  connection: Carrier | null = null;
  deadline: number;
  previous: Timed | null = null;
  next: Timed | null = null;
  outgoing: Call['outgoing'];
  readonly #exchange: Exchange;
  readonly #request: GrpcRequest;
  readonly #receiver: GrpcReceiver;
  readonly #reader: MessageReader;
  readonly #totalDeadline: number;
  #pool: H2Pool | null = null;
  #status: GrpcStatus | null = null;
  #sent = false;
  #over = false;

  constructor(exchange: Exchange, request: GrpcRequest, receiver: GrpcReceiver) {
    this.#exchange = exchange;
    this.#request = request;
    this.#receiver = receiver;
    this.#reader = new MessageReader(request.maxMessageBytes);
    this.#totalDeadline = performance.now() + request.timeouts.totalMs;
    this.deadline = this.#totalDeadline;
    this.outgoing = { method: 'POST', path: request.path, headers: request.headers, body: request.body };
  }

  /** Begins; a refusal when the breaker lets no call pass. */
  start(): Refusal | null {
    const { choice, deadlines } = this.#request;
    const refused = choice.enter();
    if (refused !== null) return refused;
    this.#exchange.upstreamStartedAt = performance.now();
    deadlines.add(this);
    if (choice.ready === null) this.#try();
    else void choice.ready.then(() => this.#over || this.#try());
    return null;
  }

  pause(): void {
    this.deadline = this.#totalDeadline;
    this.connection?.pause();
  }

  resume(): void {
    this.#expect(Math.max(this.#request.timeouts.headersMs, MIN_IDLE_MS));
    this.connection?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#pool?.forget(this);
    this.connection?.abort();
  }

  onDeadline(): void {
    this.#request.choice.judge(false);
    this.#fail('upstream_timeout', new Error('the upstream took longer than the time allowed'));
  }

  onStart(): void {
    this.#sent = true;
    this.#exchange.upstreamReached = true;
  }

  onSent(): void {
    this.#expect(this.#request.timeouts.headersMs);
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#expect(Math.max(this.#request.timeouts.headersMs, MIN_IDLE_MS));
    // A status in the head is all there is (Trailers-Only).
    this.#status = statusIn(headers);
    if (this.#status === null && (status !== 200 || !GRPC_TYPE.test(headers['content-type'] ?? ''))) {
      this.#conclude(status === 200 ? { code: 13, message: 'The service does not speak gRPC.' } : statusOfHttp(status));
    } else if (headers['grpc-encoding'] === 'gzip') this.#reader.useGzip();
  }

  onData(chunk: Buffer): void {
    this.#expect(Math.max(this.#request.timeouts.headersMs, MIN_IDLE_MS));
    try {
      for (const message of this.#reader.push(chunk)) if (!this.#over) this.#receiver.onMessage(message);
    } catch (error) {
      if (!(error instanceof UnreadableMessageError)) return this.#bug(error);
      this.#fail(error.tooLarge ? 'answer_too_large' : 'answer_unreadable', error);
    }
  }

  onTrailers(fields: IncomingHttpHeaders): void {
    this.#status = statusIn(fields) ?? this.#status;
  }

  onEnd(): void {
    if (this.#status !== null && this.#reader.complete) return this.#conclude(this.#status);
    this.#request.choice.judge(false);
    this.#fail('upstream_cut', new ConnectionLostError('the answer ended without a status'));
  }

  onError(error: Error): void {
    if (this.#over) return;
    const { choice } = this.#request;
    // Servers may reset a stream right behind its status.
    if (this.#status !== null) return this.#conclude(this.#status);
    choice.judge(false);
    if (!this.#sent && choice.hasMore) this.#try();
    else this.#fail(failureCode(error), error);
  }

  #try(): void {
    const { choice, upstreams, timeouts, path, headers, body } = this.#request;
    const place = choice.next();
    if (place === null) return this.#fail('upstream_unhealthy', new Error('no target is healthy'));
    this.#exchange.attempts++;
    this.outgoing = { method: 'POST', path: place.basePath + path, headers, body };
    this.#pool = upstreams.h2(place.origin, timeouts.connectMs, place.host);
    this.#pool.run(this);
  }

  #conclude(status: GrpcStatus): void {
    if (this.#over) return;
    const good = !isFailure(status);
    this.#request.choice.judge(good);
    this.#request.choice.conclude(good);
    this.abort();
    this.#tell(() => this.#receiver.onStatus(status));
  }

  #fail(code: RefusalCode, error: Error): void {
    if (this.#over) return;
    this.#request.choice.conclude(false);
    this.abort();
    this.#tell(() => this.#receiver.onFail(code, error));
  }

  #tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      this.#bug(error);
    }
  }

  #bug(error: unknown): void {
    this.abort();
    this.#receiver.onBug(error);
  }

  #expect(withinMs: number): void {
    this.deadline = Math.min(this.#totalDeadline, performance.now() + withinMs);
  }

  #finish(): void {
    this.#over = true;
    this.#request.deadlines.remove(this);
    this.#request.choice.leave();
    this.#exchange.upstreamUs = Math.round((performance.now() - this.#exchange.upstreamStartedAt) * 1000);
  }
}
