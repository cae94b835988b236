import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import { Attempt, type AttemptOwner, type TryTimeouts } from './attempt.ts';
import type { Target } from './balance/target.ts';
import type { Receiver, UpstreamRequest } from './call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { failureCode } from './failure.ts';
import type { Group } from './group.ts';
import { mayRepeat, PLAIN_RETRY } from './retry.ts';
import type { RunningCall } from './running-call.ts';

/** Longest silence between two pieces of an answer, unless the upstream is given more time for its headers. */
const MIN_IDLE_MS = 30_000;

/** A call to an upstream with options: a target for each try, and one answer handed to the receiver. */
export class BalancedCall implements RunningCall, AttemptOwner, Timed {
  readonly deadline: number;
  previous: Timed | null = null;
  next: Timed | null = null;
  readonly #exchange: Exchange;
  readonly #request: UpstreamRequest;
  readonly #group: Group;
  readonly #receiver: Receiver;
  readonly #deadlines: Deadlines;
  readonly #timeouts: TryTimeouts;
  readonly #tried: Target[] = [];
  readonly #suffix: string;
  #attempt: Attempt | null = null;
  #over = false;

  constructor(exchange: Exchange, request: UpstreamRequest, group: Group, receiver: Receiver, deadlines: Deadlines) {
    const { headersMs, totalMs } = request.timeouts;
    this.#exchange = exchange;
    this.#request = request;
    this.#group = group;
    this.#receiver = receiver;
    this.#deadlines = deadlines;
    this.#timeouts = {
      headersMs,
      firstByteMs: Number.POSITIVE_INFINITY,
      idleMs: Math.max(headersMs, MIN_IDLE_MS),
    };
    this.#suffix = request.path.slice(exchange.route?.upstream?.basePath.length ?? 0);
    this.deadline = performance.now() + totalMs;
  }

  start(): void {
    this.#exchange.upstreamStartedAt = performance.now();
    this.#exchange.upstreamUs = 0;
    this.#deadlines.add(this);
    if (!this.#try()) this.#fail('upstream_unhealthy', new Error('no target is healthy'));
  }

  pause(): void {
    this.#attempt?.pause();
  }

  resume(): void {
    this.#attempt?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#attempt?.abort();
  }

  onDeadline(): void {
    const attempt = this.#attempt;
    if (attempt) this.#note(attempt, false);
    this.#fail('upstream_timeout', new Error('the upstream took longer than the total time allowed'));
    attempt?.abort();
  }

  onTryHead(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void {
    this.#note(attempt, !this.#group.isFailure(status));
    const cookie = this.#group.cookieFor(attempt.target, this.#exchange);
    if (cookie !== null) headers['set-cookie'] = [...(headers['set-cookie'] ?? []), cookie];
    this.#tell(() => this.#receiver.onHead(status, headers));
  }

  onTryData(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#receiver.onData(chunk);
    } catch (error) {
      this.#bug(error);
    }
  }

  onTryEnd(): void {
    if (this.#over) return;
    this.#finish();
    this.#tell(() => this.#receiver.onEnd());
  }

  onTryFail(attempt: Attempt, error: Error): void {
    if (this.#over) return;
    this.#note(attempt, false);
    if (this.#mayRepeat(attempt, error) && this.#try()) return;
    this.#fail(failureCode(error), error);
  }

  onTryOver(attempt: Attempt): void {
    this.#group.leave(attempt.target, attempt.trial);
  }

  /** Sends the call to a target; false when none is fit. */
  #try(): boolean {
    const exchange = this.#exchange;
    const target = this.#group.choose(exchange, this.#tried, performance.now());
    if (target === null) return false;
    this.#tried.push(target);
    exchange.attempts++;
    this.#attempt = new Attempt({
      owner: this,
      target,
      pool: this.#group.pool(target),
      request: this.#request,
      path: target.basePath + this.#suffix || '/',
      timeouts: this.#timeouts,
      deadlines: this.#deadlines,
    });
    this.#attempt.start();
    return true;
  }

  #mayRepeat(attempt: Attempt, error: Error): boolean {
    const { method, body } = this.#request;
    const replayable = body === null || typeof body === 'string' || Buffer.isBuffer(body);
    if (attempt.headSeen || this.#exchange.attempts >= PLAIN_RETRY.attempts) return false;
    return mayRepeat({ method, replayable }, attempt.sent, error);
  }

  /** What a try has come to, for its target and for the call. */
  #note(attempt: Attempt, good: boolean): void {
    this.#exchange.upstreamReached ||= attempt.sent;
    const now = performance.now();
    this.#group.judge(attempt.target, good, attempt.trial, now - attempt.startedAt, now);
  }

  #fail(code: RefusalCode, error: Error): void {
    this.#finish();
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

  #finish(): void {
    this.#over = true;
    this.#deadlines.remove(this);
    this.#exchange.upstreamUs = Math.round((performance.now() - this.#exchange.upstreamStartedAt) * 1000);
  }
}
