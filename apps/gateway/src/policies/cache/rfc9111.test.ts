import { describe, expect, it } from 'vitest';
import { parseDirectives } from './directives.ts';
import { makeEntry } from './entry.ts';
import { type FreshnessPolicy, type Head, whyNotStored } from './freshness.ts';
import { decide } from './reuse.ts';

/** The moment every stored answer of the tables comes: 2026-03-01 12:00:00 UTC. */
const NOW = Date.UTC(2026, 2, 1, 12);

interface Case {
  readonly section: string;
  readonly what: string;
  readonly head: Head;
  readonly policy: FreshnessPolicy;
  /** Seconds from the answer to the next request, and its `Cache-Control`. */
  readonly after: number;
  readonly request: string;
  /** Why it is not stored; or what is done with it then. */
  readonly expected: string;
}

/**
 * RFC 9111 and RFC 5861, case by case: section | what | settings (status, policy fields, seconds the upstream took) |
 * headers of the answer, `{60}` standing for the date 60 s after NOW | seconds later, Cache-Control of the request | expected.
 */
const TABLE = `
3 | nothing said of freshness |  |  |  | not stored: unstated
4.2.2 | nothing said, but a default time | defaultTtlSeconds 60 |  |  | fresh
4.2.2 | an error under the default time | status 500, defaultTtlSeconds 60 |  |  | not stored: unstated
4.2.2 | a redirection for good under the default time | status 308, defaultTtlSeconds 60 | location: /x |  | fresh
4.2.2 | a redirection for now under the default time | status 302, defaultTtlSeconds 60 | location: /x |  | not stored: unstated
3 | a redirection for now that says max-age | status 302 | cache-control: max-age=60 |  | fresh
3 | a 404 that says max-age | status 404 | cache-control: max-age=60 |  | fresh
3 | a 500 that says max-age | status 500 | cache-control: max-age=60 |  | fresh
5.2.2.5 | no-store |  | cache-control: no-store, max-age=60 |  | not stored: no-store
5.2 | no-store in capitals |  | cache-control: No-Store |  | not stored: no-store
5.2 | no-store in a second line |  | cache-control: max-age=60 & cache-control: no-store |  | not stored: no-store
5.2 | no-store within a quoted value |  | cache-control: x="no-store", max-age=60 |  | fresh
5.2.2.5 | no-store over the default time | defaultTtlSeconds 60 | cache-control: no-store |  | not stored: no-store
5.2.2.7 | private |  | cache-control: private, max-age=60 |  | not stored: private
5.2.2.7 | private for some fields |  | cache-control: private="x-user", max-age=60 |  | not stored: private
3.3 | a part of the content | status 206 | cache-control: max-age=60 |  | not stored: status
3.3 | a content range |  | cache-control: max-age=60 & content-range: bytes 0-1/2 |  | not stored: range
3 | a 401 of the upstream | status 401 | cache-control: max-age=60 |  | not stored: status
7.3 | Set-Cookie |  | cache-control: max-age=60 & set-cookie: a=1 |  | not stored: set-cookie
7.3 | Set-Cookie where the policy allows it | storeSetCookie 1 | cache-control: max-age=60 & set-cookie: a=1 |  | fresh
4.1 | Vary: * |  | cache-control: max-age=60 & vary: * |  | not stored: vary
4.1 | a star among names |  | cache-control: max-age=60 & vary: accept, * |  | not stored: vary
5.2.2.3 | must-understand of a status we know |  | cache-control: must-understand, no-store, max-age=60 |  | fresh
5.2.2.3 | must-understand of a status we do not know | status 299 | cache-control: must-understand, max-age=60 |  | not stored: must-understand
5.2.3 | an unknown directive |  | cache-control: max-age=60, moon=full, " |  | fresh
4.2 | outdated from birth, nothing to ask by |  | cache-control: max-age=0 |  | not stored: outdated
4.3 | outdated from birth, but it can be asked about |  | cache-control: max-age=0 & etag: "a" |  | ask
4.2.1 | max-age not passed |  | cache-control: max-age=60 | +59 | fresh
4.2 | max-age reached |  | cache-control: max-age=60 | +60 | ask
5.2 | max-age in quotes |  | cache-control: max-age="60" | +59 | fresh
5.2 | spaces around the equals sign |  | cache-control: max-age = 60 | +59 | fresh
5.2.2.10 | s-maxage before max-age |  | cache-control: max-age=1, s-maxage=60 | +30 | fresh
5.2.2.10 | s-maxage shorter than max-age |  | cache-control: max-age=60, s-maxage=1 | +30 | ask
5.3 | max-age before Expires |  | cache-control: max-age=60 & expires: {-100} | +30 | fresh
5.3 | Expires ahead |  | date: {0} & expires: {60} | +59 | fresh
5.3 | Expires passed |  | date: {0} & expires: {60} | +61 | ask
4.2.1 | Expires measured from Date, not from our clock |  | date: {3600} & expires: {3660} | +61 | ask
5.3 | Expires without Date |  | expires: {60} | +59 | fresh
5.3 | Expires: 0 |  | expires: 0 & etag: "a" |  | ask
5.3 | an Expires that is no date, over the default time | defaultTtlSeconds 60 | expires: tomorrow & etag: "a" |  | ask
5.3 | Expires in the form of RFC 850 |  | date: {0} & expires: Sunday, 01-Mar-26 12:01:00 GMT | +59 | fresh
5.3 | Expires in the form of asctime |  | date: {0} & expires: Sun Mar  1 12:01:00 2026 | +59 | fresh
5.3 | Expires on the 30th of February |  | expires: Mon, 30 Feb 2099 12:00:00 GMT & etag: "a" |  | ask
5.3 | Expires with another zone |  | expires: Sun, 01 Mar 2099 12:00:00 CET & etag: "a" |  | ask
4.2.1 | two Expires: the first counts |  | expires: {60} & expires: {0} | +59 | fresh
4.2.1 | two max-age: the first counts |  | cache-control: max-age=60, max-age=1 | +30 | fresh
4.2.1 | a max-age that is no number | defaultTtlSeconds 60 | cache-control: max-age=soon & etag: "a" |  | ask
4.2.1 | a negative max-age |  | cache-control: max-age=-1 & etag: "a" |  | ask
1.2.2 | a fraction as max-age |  | cache-control: max-age=60.5 & etag: "a" |  | ask
1.2.2 | a max-age beyond all numbers |  | cache-control: max-age=9999999999999999999999 | +1000000000 | fresh
4.2.3 | an Age it came with |  | cache-control: max-age=60 & age: 50 | +11 | ask
5.1 | an Age that is no number |  | cache-control: max-age=60 & age: old | +30 | fresh
5.1 | two Ages: the first counts |  | cache-control: max-age=60 & age: 0, 100 | +30 | fresh
4.2.3 | an Age beyond its freshness |  | cache-control: max-age=60 & age: 61 |  | not stored: outdated
4.2.3 | a Date in the past |  | cache-control: max-age=60 & date: {-50} | +11 | ask
4.2.3 | a Date ahead of our clock |  | cache-control: max-age=60 & date: {500} | +59 | fresh
4.2.3 | a Date that is none |  | cache-control: max-age=60 & date: yesterday | +59 | fresh
4.2.3 | a slow upstream makes it older | delay 45 | cache-control: max-age=60 & age: 10 | +6 | ask
5.2.2.4 | no-cache is asked about each time |  | cache-control: no-cache, max-age=60 & etag: "a" |  | ask
5.2.2.4 | no-cache with nothing to ask by |  | cache-control: no-cache |  | not stored: outdated
5.2.2.2 | must-revalidate while fresh |  | cache-control: max-age=60, must-revalidate | +30 | fresh
4.2.4 | must-revalidate against max-stale |  | cache-control: max-age=60, must-revalidate | +61 max-stale | ask
4.2.4 | proxy-revalidate against max-stale |  | cache-control: max-age=60, proxy-revalidate | +61 max-stale | ask
4.2.4 | s-maxage=60 against max-stale |  | cache-control: max-age=60, s-maxage=60 | +61 max-stale | ask
5.2.1.4 | no-cache in the request |  | cache-control: max-age=60 | no-cache | ask
5.2.1.1 | max-age of the request not passed |  | cache-control: max-age=60 | +10 max-age=20 | fresh
5.2.1.1 | max-age of the request passed |  | cache-control: max-age=60 | +21 max-age=20 | ask
5.2.1.1 | max-age=0 at once |  | cache-control: max-age=60 | +1 max-age=0 | ask
5.2.1.3 | min-fresh that is left |  | cache-control: max-age=60 | +30 min-fresh=30 | fresh
5.2.1.3 | min-fresh that is not left |  | cache-control: max-age=60 | +31 min-fresh=30 | ask
5.2.1.2 | max-stale of any length |  | cache-control: max-age=60 | +9999 max-stale | stale
5.2.1.2 | max-stale not passed |  | cache-control: max-age=60 | +70 max-stale=10 | stale
5.2.1.2 | max-stale passed |  | cache-control: max-age=60 | +71 max-stale=10 | ask
5.2.1.2 | max-stale that is no number |  | cache-control: max-age=60 | +61 max-stale=x | ask
5.2.2.4 | max-stale against no-cache of the answer |  | cache-control: no-cache & etag: "a" | +1 max-stale | ask
5.2.1.1 | max-age and max-stale together |  | cache-control: max-age=60 | +65 max-age=10, max-stale=60 | ask
5861/3 | stale-while-revalidate not passed |  | cache-control: max-age=60, stale-while-revalidate=30 | +89 | stale-while-revalidate
5861/3 | stale-while-revalidate passed |  | cache-control: max-age=60, stale-while-revalidate=30 | +90 | ask
5861/3 | stale-while-revalidate of the policy | staleWhileRevalidateSeconds 30 | cache-control: max-age=60 | +61 | stale-while-revalidate
5861/3 | the answer’s word before the policy’s | staleWhileRevalidateSeconds 30 | cache-control: max-age=60, stale-while-revalidate=0 | +61 | ask
5861/3 | stale-while-revalidate against must-revalidate |  | cache-control: max-age=60, stale-while-revalidate=30, must-revalidate | +61 | ask
5861/4 | stale-if-error not passed |  | cache-control: max-age=60, stale-if-error=30 | +80 | ask, or given if the upstream fails
5861/4 | stale-if-error passed |  | cache-control: max-age=60, stale-if-error=30 | +90 | ask
5861/4 | stale-if-error of the request |  | cache-control: max-age=60 | +80 stale-if-error=30 | ask, or given if the upstream fails
5861/4 | stale-if-error of the policy | staleIfErrorSeconds 30 | cache-control: max-age=60 | +80 | ask, or given if the upstream fails
5861/4 | stale-if-error against must-revalidate |  | cache-control: max-age=60, stale-if-error=30, must-revalidate | +80 | ask
`;

function readCase(line: string): Case {
  const [section = '', what = '', settings = '', fields = '', then = '', expected = ''] = line.split(/ ?\| ?/);
  const set = new Map(settings.split(', ').map((one) => one.split(' ', 2) as [string, string]));
  const number = (name: string): number => Number(set.get(name) ?? 0);
  const headers: Record<string, string | string[]> = {};
  for (const field of fields === '' ? [] : fields.split(' & ')) {
    const [name = '', ...rest] = field.split(': ');
    const value = rest
      .join(': ')
      .replace(/\{(-?\d+)\}/, (_, seconds) => new Date(NOW + Number(seconds) * 1000).toUTCString());
    const before = headers[name];
    headers[name] = before === undefined && name !== 'set-cookie' ? value : [before ?? [], value].flat();
  }
  const [, after = '0', request = ''] = /^(?:\+(\d+))? ?(.*)$/.exec(then) ?? [];
  return {
    section,
    what,
    head: {
      status: Number(set.get('status') ?? 200),
      headers,
      requestedAtMs: NOW - number('delay') * 1000,
      receivedAtMs: NOW,
    },
    policy: {
      defaultTtlSeconds: number('defaultTtlSeconds'),
      staleWhileRevalidateSeconds: number('staleWhileRevalidateSeconds'),
      staleIfErrorSeconds: number('staleIfErrorSeconds'),
      storeSetCookie: number('storeSetCookie') === 1,
    },
    after: Number(after),
    request,
    expected,
  };
}

const CASES = TABLE.trim().split('\n').map(readCase);

function outcome({ head, policy, after, request }: Case): string {
  const why = whyNotStored(head, policy);
  if (why !== null) return `not stored: ${why}`;
  const entry = makeEntry(head, Buffer.from('body'), policy, '');
  const { kind, ifError } = decide(entry, parseDirectives(request), NOW + after * 1000);
  return kind === 'ask' && ifError ? 'ask, or given if the upstream fails' : kind;
}

describe('RFC 9111', () => {
  it('is covered by enough cases, each of its own', () => {
    expect(new Set(CASES.map((one) => one.what)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(80);
  });

  it.each(CASES)('§$section $what', (one) => {
    expect(outcome(one)).toBe(one.expected);
  });
});
