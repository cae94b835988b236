import type { IncomingHttpHeaders } from 'node:http';
import type { CachePolicy } from '@parley/contracts/policies/cache';
import { type Directives, parseDirectives, secondsOf } from './directives.ts';
import { parseHttpDate } from './http-date.ts';

/** An answer's head, and when it was asked for and came; Unix milliseconds. */
export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly requestedAtMs: number;
  readonly receivedAtMs: number;
}

/** How long an answer is good; worked out once, when it is stored. Seconds. */
export interface Freshness {
  /** From its making at the upstream on (RFC 9111 §4.2.1). */
  readonly lifetimeSeconds: number;
  /** Its age when it came (§4.2.3). */
  readonly initialAgeSeconds: number;
  readonly staleWhileRevalidateSeconds: number;
  readonly staleIfErrorSeconds: number;
  /** `no-cache`: never given without asking the upstream. */
  readonly alwaysAsk: boolean;
  /** Never given when outdated: must-revalidate, proxy-revalidate, s-maxage (§5.2.2). */
  readonly neverStale: boolean;
}

export type FreshnessPolicy = Pick<
  CachePolicy,
  'defaultTtlSeconds' | 'staleWhileRevalidateSeconds' | 'staleIfErrorSeconds' | 'storeSetCookie'
>;

/** Statuses that the default time applies to: of those that are heuristically cacheable (RFC 9110 §15.1), the good ones. */
const HEURISTIC = new Set([200, 203, 204, 300, 301, 308]);
/** Statuses that make sense to this cache, for must-understand (RFC 9111 §5.2.2.3). */
const UNDERSTOOD = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451, 501]);
/** Never stored: parts, confirmations, and what says nothing of the resource. */
const NEVER = new Set([206, 304, 401, 407]);

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** Age of an answer at the moment it came (§4.2.3); malformed `Date` and `Age` count for nothing. */
function initialAge({ headers, requestedAtMs, receivedAtMs }: Head): number {
  const dateMs = headers.date === undefined ? null : parseHttpDate(headers.date, receivedAtMs);
  const apparent = dateMs === null ? 0 : Math.max(0, (receivedAtMs - dateMs) / 1000);
  const age = first(headers.age)?.split(',')[0]?.trim() ?? '';
  const told = /^\d{1,10}$/.test(age) ? Number(age) : 0;
  return Math.max(apparent, told + Math.max(0, receivedAtMs - requestedAtMs) / 1000);
}

/** Freshness lifetime for a shared cache (§4.2.1), `null` when the answer says nothing; nonsense means outdated. */
function statedLifetime(head: Head, directives: Directives): number | null {
  for (const name of ['s-maxage', 'max-age']) {
    const seconds = secondsOf(directives, name);
    if (seconds !== undefined) return seconds ?? 0;
  }
  const expires = first(head.headers.expires);
  if (expires === undefined) return null;
  const endsMs = parseHttpDate(expires, head.receivedAtMs);
  if (endsMs === null) return 0;
  const dateMs = head.headers.date === undefined ? null : parseHttpDate(head.headers.date, head.receivedAtMs);
  return Math.max(0, (endsMs - (dateMs ?? head.receivedAtMs)) / 1000);
}

/** Works out how long an answer is good. */
export function freshnessOf(head: Head, policy: FreshnessPolicy): Freshness {
  const directives = parseDirectives(head.headers['cache-control']);
  const heuristic = HEURISTIC.has(head.status) ? policy.defaultTtlSeconds : 0;
  return {
    lifetimeSeconds: statedLifetime(head, directives) ?? heuristic,
    initialAgeSeconds: initialAge(head),
    staleWhileRevalidateSeconds: secondsOf(directives, 'stale-while-revalidate') ?? policy.staleWhileRevalidateSeconds,
    staleIfErrorSeconds: secondsOf(directives, 'stale-if-error') ?? policy.staleIfErrorSeconds,
    alwaysAsk: directives.has('no-cache'),
    neverStale: ['must-revalidate', 'proxy-revalidate', 's-maxage'].some((name) => directives.has(name)),
  };
}

/** Whether an answer can be asked about again. */
export function hasValidator(headers: IncomingHttpHeaders): boolean {
  return headers.etag !== undefined || headers['last-modified'] !== undefined;
}

/** Why an answer to a GET may not be stored (§3); `null` when it may. Private ones never: this cache is shared by users. */
export function whyNotStored(head: Head, policy: FreshnessPolicy): string | null {
  const { status, headers } = head;
  if (status < 200 || NEVER.has(status)) return 'status';
  const directives = parseDirectives(headers['cache-control']);
  if (directives.has('must-understand')) {
    if (!UNDERSTOOD.has(status)) return 'must-understand';
  } else if (directives.has('no-store')) return 'no-store';
  if (directives.has('private')) return 'private';
  if (headers['set-cookie'] !== undefined && !policy.storeSetCookie) return 'set-cookie';
  if (headers['content-range'] !== undefined) return 'range';
  if (varyNames(headers) === null) return 'vary';
  const { lifetimeSeconds, initialAgeSeconds } = freshnessOf(head, policy);
  const stated = statedLifetime(head, directives) !== null || directives.has('public') || directives.has('no-cache');
  if (!stated && lifetimeSeconds === 0) return 'unstated';
  const usable = !directives.has('no-cache') && lifetimeSeconds > initialAgeSeconds;
  return usable || hasValidator(headers) ? null : 'outdated';
}

/** Names of the request headers an answer depends on, in order; `null` for `*`, which nothing matches (§4.1). */
export function varyNames(headers: IncomingHttpHeaders): string[] | null {
  const text = Array.isArray(headers.vary) ? headers.vary.join(',') : headers.vary;
  if (text === undefined) return [];
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (names.includes('*')) return null;
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
