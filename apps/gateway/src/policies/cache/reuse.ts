import { type Directives, secondsOf } from './directives.ts';
import type { Entry } from './entry.ts';

/** What may be done with a stored answer for a request. */
export interface Reuse {
  /** Given as it is; given outdated while a new one is fetched; given outdated as the caller allows; asked about first. */
  readonly kind: 'fresh' | 'stale-while-revalidate' | 'stale' | 'ask';
  /** Current age and what is left of its freshness (negative when outdated), whole seconds. */
  readonly ageSeconds: number;
  readonly ttlSeconds: number;
  /** It may be given when the upstream fails (RFC 5861 §4). */
  readonly ifError: boolean;
}

const NO_DIRECTIVES: Directives = new Map();
export const noDirectives = (): Directives => NO_DIRECTIVES;

/** Decides on a stored answer that the request has selected (RFC 9111 §4, §5.2.1; RFC 5861). */
export function decide(entry: Entry, request: Directives, nowMs: number): Reuse {
  const age = entry.initialAgeSeconds + Math.max(0, nowMs - entry.receivedAtMs) / 1000;
  const ttl = entry.lifetimeSeconds - age;
  const overdue = -ttl;
  const mayBeStale = !entry.neverStale && !entry.alwaysAsk;
  const errorSeconds = Math.max(entry.staleIfErrorSeconds, secondsOf(request, 'stale-if-error') ?? 0);
  const found = {
    ageSeconds: Math.floor(age),
    ttlSeconds: Math.floor(ttl),
    ifError: mayBeStale && errorSeconds > 0 && overdue < errorSeconds && !request.has('no-cache'),
  };
  if (entry.alwaysAsk || request.has('no-cache')) return { ...found, kind: 'ask' };
  const maxAge = secondsOf(request, 'max-age');
  if (maxAge !== undefined && age > (maxAge ?? 0)) return { ...found, kind: 'ask' };
  if (ttl > 0 && ttl >= (secondsOf(request, 'min-fresh') ?? 0)) return { ...found, kind: 'fresh' };
  if (!mayBeStale || ttl > 0) return { ...found, kind: 'ask' };
  const maxStale = request.get('max-stale') === true ? Number.POSITIVE_INFINITY : secondsOf(request, 'max-stale');
  if (typeof maxStale === 'number' && overdue <= maxStale) return { ...found, kind: 'stale' };
  const behind = overdue < entry.staleWhileRevalidateSeconds && !request.has('min-fresh');
  return { ...found, kind: behind ? 'stale-while-revalidate' : 'ask' };
}
