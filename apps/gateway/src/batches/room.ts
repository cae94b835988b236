import type { Admission } from '../ports/limiter/admission.ts';

/** Part of each limit that batches leave to calls made at once. */
const LEFT = 0.1;
/** Limits of longer times are there to be used up. */
const LONGEST_SECONDS = 3600;

/** Seconds for which a batch makes no call after one that was let through, so that something is left of each limit; 0 for none. */
export function roomIn({ limits, remaining, resetSeconds }: Admission): number {
  let seconds = 0;
  for (const [at, { requests, windowSeconds }] of limits.entries()) {
    if (windowSeconds > LONGEST_SECONDS || (remaining[at] ?? 0) >= Math.floor(requests * LEFT)) continue;
    seconds = Math.max(seconds, resetSeconds[at] ?? 0);
  }
  return seconds;
}
