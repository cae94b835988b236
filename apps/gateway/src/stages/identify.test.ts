import { describe, expect, it } from 'vitest';
import { apiKey, application } from '../../test/documents.ts';
import { Exchange } from '../exchange.ts';
import { memoryKeyStore } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { compileApplication } from '../snapshot/compile-application.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';
import { identify } from './identify.ts';

const known = apiKey();
const caller = { application: compileApplication(application([], [known.entry])), key: known.entry };
const ports = { keys: memoryKeyStore(new Map([[known.secret, caller]])) } as unknown as Ports;

function arriving(...rawHeaders: string[]): Exchange {
  const request = { url: '/a/b/v1', rawHeaders, socket: { remoteAddress: '127.0.0.1' } };
  const exchange = new Exchange('id', 0, request as never, {} as never, false);
  readRequestHeaders(exchange);
  return exchange;
}

describe('identify', () => {
  it.each([
    ['a bearer token', ['Authorization', `Bearer ${known.secret}`]],
    ['a bearer token in any case', ['authorization', `bearer  ${known.secret} `]],
    ['the x-api-key header', ['X-API-KEY', known.secret]],
    ['x-api-key beside another scheme', ['Authorization', 'Basic abc', 'x-api-key', known.secret]],
  ])('takes the key from %s', async (_what, headers) => {
    const exchange = arriving(...headers);
    expect(await identify(exchange, ports)).toBeNull();
    expect(exchange.caller).toBe(caller);
  });

  it.each([
    ['no key', [], 'key_missing'],
    ['an empty key', ['x-api-key', ' '], 'key_missing'],
    ['another scheme', ['authorization', `Basic ${known.secret}`], 'key_missing'],
    ['a stranger’s key', ['x-api-key', apiKey().secret], 'key_unknown'],
  ])('refuses %s', async (_what, headers, code) => {
    expect(await identify(arriving(...headers), ports)).toMatchObject({ code, status: 401 });
  });
});
