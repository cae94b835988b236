import { isLostConnection } from './failure.ts';

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** How often and when a call is tried again. */
export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number;
}

/** Without a policy: once more when the connection was lost, or could not be made. */
export const PLAIN_RETRY: RetryPolicy = { attempts: 2 };

/** A call, as far as it decides whether it may be sent again. */
export interface Repeatable {
  readonly method: string;
  /** Its body is in memory, or it has none. */
  readonly replayable: boolean;
}

/** Whether a try that failed before any answer may be followed by another: when nothing was sent, or it is safe to repeat. */
export function mayRepeat(call: Repeatable, sent: boolean, error: Error): boolean {
  if (!call.replayable) return false;
  return !sent || (REPEATABLE.has(call.method) && isLostConnection(error));
}
