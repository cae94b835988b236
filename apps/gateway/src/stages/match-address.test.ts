import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exchange } from '../exchange.ts';
import { matchAddress } from './match-address.ts';

function address(url: string, method = 'GET') {
  const exchange = new Exchange('id', 0, { url, method } as never, {} as never, false);
  const way = matchAddress(exchange);
  const { tenantSlug, apiSlug, versionSlug, rest, query } = exchange;
  return typeof way === 'object' ? way.code : { way, tenantSlug, apiSlug, versionSlug, rest, query };
}

describe('matchAddress', () => {
  it('reads tenant, API and version, and keeps the rest and the query raw', () => {
    expect(address('/acme/shop/v2/a%2Fb/c?x=%20/../y')).toEqual({
      way: 'api',
      tenantSlug: 'acme',
      apiSlug: 'shop',
      versionSlug: 'v2',
      rest: '/a%2Fb/c',
      query: '?x=%20/../y',
    });
    expect(address('/acme/shop/v2')).toMatchObject({ versionSlug: 'v2', rest: '' });
    expect(address('/acme/shop/v2/')).toMatchObject({ rest: '/' });
    expect(address('/v1/models/acme/fast')).toMatchObject({ way: 'models', rest: '/acme/fast' });
  });

  it.each(['/', '/acme', '/acme/shop', '/v1/other', '/v1/'])('knows nothing at %s', (url) => {
    expect(address(url)).toBe('route_not_found');
  });

  it.each([
    '/a/b/v1/..',
    '/a/b/v1/../../c',
    '/a/b/v1/./x',
    '/a/b/v1/%2e%2e/x',
    '/a/b/v1/.%2E/x',
    '/a/b/v1/..%2fx',
    '/a/b/v1/x%2f..%2fy',
    '/a/b/v1/..%5cx',
    '/a/b/v1/\\..\\x',
    '/a/b/v1/%00',
    '*',
    'http://elsewhere/a/b/v1',
    `/a/b/v1/${'x'.repeat(5000)}`,
  ])('refuses %s', (url) => {
    expect(address(url)).toBe('malformed_request');
  });

  it('lets names with dots pass', () => {
    expect(address('/a/b/v1/.well-known/x..y/...')).toMatchObject({ rest: '/.well-known/x..y/...' });
  });

  it('never throws, and never lets a dot segment through', () => {
    const part = fc.constantFrom('/', '.', '..', '%2e', '%2F', '\\', 'a', '?', '#', '%', '%5C', '\0', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const read = address(`/t/a/v1/${parts.join('')}`);
        if (typeof read === 'string') return;
        const decoded = read.rest.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
        expect(decoded.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')).toBe(false);
      }),
    );
  });
});
