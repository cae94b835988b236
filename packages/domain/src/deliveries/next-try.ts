import type { DeliveryRules } from '@parley/contracts/deliveries';

/** Pauses grow by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;
const LONGEST_MS = 86_400_000;

/** How a try ended. */
export interface TryEnd {
  /** `null` without an answer. */
  readonly status: number | null;
  /** What the destination asked for in `Retry-After`. */
  readonly retryAfterMs: number | null;
}

/** Any 2xx is taken as delivered; everything else, redirects too, is not (Standard Webhooks, “Deliverability”). */
export function isDelivered(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/**
 * Milliseconds until the next try after `tries` of this round; `null` after the last one. A longer wait that the
 * destination asked for is kept, up to a day.
 */
export function nextTryMs(rules: DeliveryRules, tries: number, end: TryEnd, random = Math.random()): number | null {
  const pause = rules.retryAfterSeconds[tries - 1];
  if (pause === undefined) return null;
  const own = Math.round(pause * 1000 * (1 + JITTER * random));
  return Math.min(Math.max(own, end.retryAfterMs ?? 0), LONGEST_MS + pause * 1000 * JITTER);
}

/** Reads `Retry-After` (RFC 9110 §10.2.3): seconds or a date. `null` without one, or for what is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
