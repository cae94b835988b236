import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withCacheStatus } from './cache-status.ts';
import { confirmsStored, headersOf304, isNotModified } from './conditional.ts';
import { parseDirectives } from './directives.ts';
import { confirm, type Entry, keepSeconds, makeEntry, readSlot, writeSlot } from './entry.ts';
import { varyNames } from './freshness.ts';
import { parseHttpDate } from './http-date.ts';
import { keyQuery, primaryKey, resourceKey, variantKey } from './key.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const POLICY = { defaultTtlSeconds: 0, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0, storeSetCookie: false };
const entryOf = (headers: Record<string, string | string[]>, body = 'body'): Entry =>
  makeEntry({ status: 200, headers, requestedAtMs: NOW, receivedAtMs: NOW }, Buffer.from(body), POLICY, 'm');

describe('conditions of a request (RFC 9110 §13)', () => {
  const modified = 'Sun, 01 Mar 2026 10:00:00 GMT';
  const cases: readonly (readonly [string, string | undefined, string | undefined, Record<string, string>, boolean])[] =
    [
      ['the same tag', '"a"', undefined, { etag: '"a"' }, true],
      ['another tag', '"b"', undefined, { etag: '"a"' }, false],
      ['one of several', '"b", W/"a"', undefined, { etag: '"a"' }, true],
      ['a weak tag of ours', '"a"', undefined, { etag: 'W/"a"' }, true],
      ['a comma within a tag', '"a,b"', undefined, { etag: '"a,b"' }, true],
      ['a tag that only looks alike', '"a,b"', undefined, { etag: '"b"' }, false],
      ['a star', '*', undefined, {}, true],
      ['a tag, but none of ours', '"a"', undefined, { 'last-modified': modified }, false],
      ['tags before dates', '"b"', modified, { etag: '"a"', 'last-modified': modified }, false],
      ['the same date', undefined, modified, { 'last-modified': modified }, true],
      ['an earlier date', undefined, 'Sun, 01 Mar 2026 09:59:59 GMT', { 'last-modified': modified }, false],
      ['a date that is none', undefined, 'yesterday', { 'last-modified': modified }, false],
      ['Date where Last-Modified is missing', undefined, modified, { date: modified }, true],
      ['a date of ours that is none', undefined, modified, { 'last-modified': 'never' }, false],
    ];
  it.each(cases)('%s', (_, ifNoneMatch, ifModifiedSince, headers, expected) => {
    expect(isNotModified({ ifNoneMatch, ifModifiedSince }, headers, NOW)).toBe(expected);
  });

  it('a 304 says only what it may', () => {
    const headers = { etag: '"a"', 'content-type': 'text/plain', 'content-length': '4', vary: 'accept', 'x-y': '1' };
    expect(headersOf304(headers)).toEqual({ etag: '"a"', vary: 'accept' });
  });
});

describe('a confirmation of the upstream (§3.2, §4.3.4)', () => {
  it('renews fields and freshness, and leaves what speaks of the body', () => {
    const stored = entryOf({
      etag: '"a"',
      'cache-control': 'max-age=1',
      'content-type': 'text/plain',
      'x-v': '1',
      age: '9',
    });
    const headers = {
      etag: '"a"',
      'cache-control': 'max-age=99',
      'content-type': 'x/y',
      'x-v': '2',
      'content-length': '0',
    };
    const renewed = confirm(
      stored,
      { status: 304, headers, requestedAtMs: NOW, receivedAtMs: NOW + 5000 },
      POLICY,
      'n',
    );
    expect(renewed).toMatchObject({ status: 200, lifetimeSeconds: 99, receivedAtMs: NOW + 5000, mark: 'n' });
    expect(renewed.headers).toEqual({
      etag: '"a"',
      'cache-control': 'max-age=99',
      'content-type': 'text/plain',
      'x-v': '2',
    });
    expect(renewed.body.toString()).toBe('body');
  });

  it('is one only for the answer that was asked about', () => {
    expect(confirmsStored({ etag: '"a"' }, { etag: 'W/"a"' })).toBe(true);
    expect(confirmsStored({ etag: '"a"' }, { etag: '"b"' })).toBe(false);
    expect(confirmsStored({ etag: '"a"' }, {})).toBe(true);
  });
});

describe('a stored answer', () => {
  it('holds nothing of the connection it came by, nor what the connection names', () => {
    const headers = {
      connection: 'x-hop, close',
      'x-hop': '1',
      'transfer-encoding': 'chunked',
      'keep-alive': 'x',
      'x-end': '1',
    };
    expect(entryOf(headers).headers).toEqual({ 'x-end': '1' });
  });

  it('comes back from its bytes as it was, whatever its body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (body, text) => {
        const entry = { ...entryOf({ 'x-text': text, 'set-cookie': ['a=1', 'b=2'] }), body: Buffer.from(body) };
        expect(readSlot(writeSlot({ kind: 'entry', entry }))).toEqual({ kind: 'entry', entry });
      }),
    );
    expect(readSlot(writeSlot({ kind: 'vary', names: ['accept'] }))).toEqual({ kind: 'vary', names: ['accept'] });
  });

  it('is not read from other bytes', () => {
    const good = writeSlot({ kind: 'entry', entry: entryOf({}) });
    for (const bad of [Buffer.alloc(0), Buffer.from('{}'), good.subarray(0, 20), Buffer.alloc(40, 0xff)]) {
      expect(() => readSlot(bad)).toThrow();
    }
  });

  it('is kept as long as it may be of use, and at most a day', () => {
    expect(keepSeconds(entryOf({ 'cache-control': 'max-age=60', age: '10' }))).toBe(50);
    expect(keepSeconds(entryOf({ 'cache-control': 'max-age=60, stale-if-error=100' }))).toBe(160);
    expect(keepSeconds(entryOf({ 'cache-control': 'no-cache', etag: '"a"' }))).toBe(3600);
    expect(keepSeconds(entryOf({ 'cache-control': 'max-age=31536000' }))).toBe(86_400);
  });
});

describe('keys', () => {
  it('tell apart everything that may lead to another answer', () => {
    const resource = resourceKey('t', 'v', 0, '/a');
    const base = { resource, partition: 'app', host: 'h', query: '?a=1' };
    const keys = [
      base,
      { ...base, resource: resourceKey('u', 'v', 0, '/a') },
      { ...base, resource: resourceKey('t', 'w', 0, '/a') },
      { ...base, resource: resourceKey('t', 'v', 1, '/a') },
      { ...base, resource: resourceKey('t', 'v', 0, '/a/profile.css') },
      { ...base, partition: 'other' },
      { ...base, partition: '' },
      { ...base, host: 'i' },
      { ...base, query: '' },
      { ...base, partition: 'ap', host: 'ph' },
    ].map(primaryKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('of two lists of texts are equal only when the lists are (no text can pretend to be two)', () => {
    const text = fc.string({ maxLength: 8, unit: fc.constantFrom('a', '\n', '"', ',', ':', '?') });
    const asked = fc.record({ resource: text, partition: text, host: text, query: text });
    fc.assert(
      fc.property(asked, asked, (a, b) => {
        expect(primaryKey(a) === primaryKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('of variants follow the values of the named headers, absent told from empty', () => {
    const of = (...headers: string[]): string => variantKey('p', ['accept', 'x-a'], headers);
    const keys = [of(), of('accept', ''), of('accept', 'a'), of('x-a', 'a'), of('accept', 'a', 'x-a', 'a')];
    expect(new Set(keys).size).toBe(keys.length);
    expect(of('accept', ' a ', 'other', '1')).toBe(of('accept', 'a', 'other', '2'));
    expect(of('accept', 'a', 'accept', 'b')).toBe(of('accept', 'a, b'));
  });

  it.each([
    ['?b=2&a=1', [], false, '?b=2&a=1'],
    ['?b=2&a=1', [], true, '?a=1&b=2'],
    ['?a=2&b=0&a=1', [], true, '?a=2&a=1&b=0'],
    ['?utm=1&a=1', ['utm'], false, '?a=1'],
    ['?%75tm=1&a=1', ['utm'], false, '?a=1'],
    ['?utm=1', ['utm'], false, ''],
    ['?utmost=1', ['utm'], false, '?utmost=1'],
    ['?%zz=1&a', ['utm'], true, '?%zz=1&a'],
    ['', ['utm'], true, ''],
  ] as const)('of the query %s without %j, sorted %s, take %s', (query, ignoredParams, sortParams, expected) => {
    expect(keyQuery(query, { ignoredParams: [...ignoredParams], sortParams })).toBe(expected);
  });
});

it('HTTP dates are read in their three forms and in no other', () => {
  const good = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'];
  for (const text of good) expect(parseHttpDate(text, NOW), text).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  const bad = [
    '',
    '0',
    '-1',
    '1994-11-06T08:49:37Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 31 Apr 1994 08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
  ];
  for (const text of bad) expect(parseHttpDate(text, NOW), text).toBeNull();
});

it('directives are read from any text without failing, and Vary as a set of names', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseDirectives(text)));
  expect([...parseDirectives('a, B=1, c="x, \\"y", a=2, =, ;;, d=')]).toEqual([
    ['a', true],
    ['b', '1'],
    ['c', 'x, \\"y'],
    ['d', ''],
  ]);
  expect(varyNames({ vary: 'Accept , accept-language,,ACCEPT' })).toEqual(['accept', 'accept-language']);
});

it('Cache-Status goes after what caches behind us said (RFC 9211)', () => {
  const headers = withCacheStatus(
    { 'cache-status': 'origin; hit' },
    { forwarded: 'stale', forwardedStatus: 304, stored: true },
  );
  expect(headers['cache-status']).toBe('origin; hit, parley; fwd=stale; fwd-status=304; stored');
});
