import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { Attempt, type AttemptOwner, type TryTimeouts } from './attempt.ts';
import type { Target } from './balance/target.ts';
import type { Receiver, UpstreamRequest } from './call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { failureCode } from './failure.ts';
import { answerFallback, isUnanswered } from './fallback.ts';
import type { Group } from './group.ts';
import { mayRepeatAnswered, mayRepeatFailed, type Repeatable, triesOf, waitBefore } from './retry.ts';
import type { RunningCall } from './running-call.ts';

/** Longest silence between two pieces of an answer, unless the upstream is given more time for its headers. */
const MIN_IDLE_MS = 30_000;

function tryTimeouts(headersMs: number, { guards }: Group): TryTimeouts {
  const { firstByteMs, idleMs } = guards.options.timeouts ?? {};
  return {
    headersMs,
    firstByteMs: firstByteMs ?? Number.POSITIVE_INFINITY,
    idleMs: idleMs ?? Math.max(headersMs, MIN_IDLE_MS),
  };
}

function bodyBytes(body: UpstreamRequest['body']): number {
  if (body === null) return 0;
  return typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.byteLength(body) : -1;
}

/**
 * A call to an upstream with options: the breaker is asked, each try gets a target, a failed one is repeated where that is
 * safe, and one answer is handed to the receiver. Once that has begun there is no other try.
 */
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
  readonly #repeatable: Repeatable;
  readonly #tried: Target[] = [];
  /** Path and query after the base URL's path. */
  readonly #suffix: string;
  #attempt: Attempt | null = null;
  #waiting: NodeJS.Timeout | null = null;
  /** The breaker's pass; 0 when there is no breaker, or it has been told. */
  #pass = 0;
  #over = false;

  constructor(exchange: Exchange, request: UpstreamRequest, group: Group, receiver: Receiver, deadlines: Deadlines) {
    const { headersMs, totalMs } = request.timeouts;
    this.#exchange = exchange;
    this.#request = request;
    this.#group = group;
    this.#receiver = receiver;
    this.#deadlines = deadlines;
    this.#timeouts = tryTimeouts(headersMs, group);
    this.#repeatable = { method: request.method, bodyBytes: bodyBytes(request.body) };
    this.#suffix = request.path.slice(exchange.upstream?.basePath.length ?? 0);
    this.deadline = performance.now() + totalMs;
  }

  /** Begins; a refusal when the breaker lets no call pass and no fallback answers it. */
  start(): Refusal | null {
    const { breaker, budget, options } = this.#group.guards;
    const now = performance.now();
    this.#exchange.upstreamStartedAt = now;
    this.#exchange.upstreamUs = 0;
    if (breaker !== null) {
      this.#pass = breaker.enter(now);
      if (this.#pass === 0) {
        if (options.fallback === undefined) {
          this.#over = true;
          return refusal('upstream_breaker_open', { retryAfterSeconds: Math.ceil(breaker.waitMs(now) / 1000) });
        }
        this.#fail('upstream_breaker_open', new Error('the breaker is open'));
        return null;
      }
    }
    budget?.noteCall(now);
    this.#deadlines.add(this);
    const waiting = this.#group.ready;
    if (waiting === null) this.#begin();
    else void waiting.then(() => this.#begin());
    return null;
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
    if (this.#attempt?.sent) this.#exchange.upstreamReached = true;
    this.#attempt?.abort();
  }

  onDeadline(): void {
    const attempt = this.#attempt;
    if (attempt !== null && !attempt.headSeen) this.#note(attempt, false);
    attempt?.abort();
    this.#fail('upstream_timeout', new Error('the upstream took longer than the total time allowed'));
  }

  onTryHead(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void {
    const { retries, fallback } = this.#group.guards.options;
    this.#note(attempt, !this.#group.isFailure(status));
    if (mayRepeatAnswered(retries, this.#repeatable, status) && this.#repeat(headers)) return attempt.discard();
    this.#conclude(status < 500);
    if (fallback?.onStatuses.includes(status)) {
      attempt.discard();
      return this.#fail('upstream_unreachable', new Error(`the upstream answered ${status}`));
    }
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
    const { retries } = this.#group.guards.options;
    const again = !attempt.headSeen && mayRepeatFailed(retries, this.#repeatable, attempt.sent, error);
    if (again && this.#repeat(null)) return;
    this.#fail(failureCode(error), error);
  }

  onTryOver(attempt: Attempt): void {
    this.#group.leave(attempt.target, attempt.trial);
  }

  #begin(): void {
    if (!this.#over && !this.#try()) this.#failUnhealthy();
  }

  /** Tries again, now or after a wait; false when tries, time or budget are used up, or no target is fit. */
  #repeat(headers: IncomingHttpHeaders | null): boolean {
    const { options, budget } = this.#group.guards;
    const next = this.#exchange.attempts + 1;
    const waitMs = waitBefore(options.retries, next, headers, Math.random);
    const now = performance.now();
    if (next > triesOf(options.retries) || waitMs === null || now + waitMs >= this.deadline) return false;
    if (budget !== null && !budget.take(now)) return false;
    if (waitMs < 1) return this.#try();
    this.#attempt = null;
    this.#waiting = setTimeout(() => {
      this.#waiting = null;
      if (!this.#try()) this.#failUnhealthy();
    }, waitMs);
    return true;
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

  /** What a try has come to, for its target and for the call. */
  #note(attempt: Attempt, good: boolean): void {
    this.#exchange.upstreamReached ||= attempt.sent;
    const now = performance.now();
    this.#group.judge(attempt.target, good, attempt.trial, now - attempt.startedAt, now);
  }

  /** Tells the breaker how the call went, once. */
  #conclude(good: boolean): void {
    if (this.#pass !== 0) this.#group.guards.breaker?.result(this.#pass, good, performance.now());
    this.#pass = 0;
  }

  #failUnhealthy(): void {
    this.#fail('upstream_unhealthy', new Error('no target is healthy'));
  }

  #fail(code: RefusalCode, error: Error): void {
    this.#conclude(false);
    this.#finish();
    const { fallback } = this.#group.guards.options;
    if (fallback !== undefined && isUnanswered(this.#exchange)) {
      return this.#tell(() => answerFallback(this.#exchange, fallback, code, this.#receiver));
    }
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
    if (this.#pass !== 0) this.#group.guards.breaker?.cancel(this.#pass);
    if (this.#waiting) clearTimeout(this.#waiting);
    this.#deadlines.remove(this);
    this.#exchange.upstreamUs = Math.round((performance.now() - this.#exchange.upstreamStartedAt) * 1000);
  }
}
