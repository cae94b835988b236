import type { IncomingHttpHeaders } from 'node:http';
import type { RetryOptions } from '@parley/contracts/upstream-options';
import { failureCode, isLostConnection } from './failure.ts';

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const PASSING_FAILURES = new Set(['upstream_unreachable', 'upstream_timeout']);
/** A longer `Retry-After` is the caller's to wait for. */
const MAX_RETRY_AFTER_MS = 10_000;

/** A call, as far as it decides whether it may be sent again. */
export interface Repeatable {
  readonly method: string;
  /** Bytes of a body in memory; -1 for one that passes through and cannot be sent again. */
  readonly bodyBytes: number;
}

/**
 * Tries in all. Without options one repeat, as for plain upstreams: when the connection was lost or could not be made.
 */
export function triesOf(options: RetryOptions | undefined): number {
  return options?.attempts ?? 2;
}

/** Whether a try that failed before any answer may be followed by another: when nothing was sent, or it is safe to repeat. */
export function mayRepeatFailed(
  options: RetryOptions | undefined,
  call: Repeatable,
  sent: boolean,
  error: Error,
): boolean {
  if (call.bodyBytes < 0 || call.bodyBytes > (options?.maxBodyBytes ?? Number.POSITIVE_INFINITY)) return false;
  if (!sent) return true;
  if (!REPEATABLE.has(call.method)) return false;
  return isLostConnection(error) || (options !== undefined && PASSING_FAILURES.has(failureCode(error)));
}

/** Whether an answer with this status may be thrown away for another try. */
export function mayRepeatAnswered(options: RetryOptions | undefined, call: Repeatable, status: number): boolean {
  if (options === undefined || call.bodyBytes < 0 || call.bodyBytes > options.maxBodyBytes) return false;
  return REPEATABLE.has(call.method) && options.statuses.includes(status);
}

/**
 * Milliseconds to wait before try number `next` (2 is the first repeat): full jitter over a doubling span, at least what
 * `Retry-After` asks for (RFC 9110 §10.2.3). `null` when that is too long to keep the caller.
 */
export function waitBefore(
  options: RetryOptions | undefined,
  next: number,
  headers: IncomingHttpHeaders | null,
  random: () => number,
): number | null {
  const { backoffMs, maxBackoffMs } = options ?? { backoffMs: 0, maxBackoffMs: 0 };
  // The mean of a uniform wait is half its span.
  const span = Math.min(backoffMs * 2 ** (next - 1), maxBackoffMs);
  const asked = retryAfterMs(headers?.['retry-after'], Date.now());
  return asked > MAX_RETRY_AFTER_MS ? null : Math.max(random() * span, asked);
}

function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
