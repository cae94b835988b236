import { isIPv4 } from 'node:net';
import { startSimulator } from '@parley/testkit/simulator/start';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressRule } from './addresses.ts';
import { checkBaseUrl } from './base-url.ts';
import { ForbiddenAddressError, readBody, sendOutbound } from './send.ts';

const PRIVATE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '192.0.2.1',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd12::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
];
const PUBLIC = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1'];

describe('the rule for addresses', () => {
  const rule = addressRule([]);

  it.each(PRIVATE)('refuses %s', (address) => expect(rule(address)).toBe(false));
  it.each(PUBLIC)('admits %s', (address) => expect(rule(address)).toBe(true));
  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', 'x::1'])('refuses “%s”, which is no address', (text) =>
    expect(rule(text)).toBe(false),
  );

  it('admits what the operator allows and nothing beside it', () => {
    const allowed = addressRule(['127.0.0.0/8', '::1/128']);
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(allowed)).toEqual([true, true, true, true]);
    expect(['10.0.0.1', '::2', '169.254.169.254'].map(allowed)).toEqual([false, false, false]);
  });

  it('judges every IPv4 address alike however it is written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isIPv4(address)).toBe(true);
        expect(rule(`::ffff:${address}`)).toBe(rule(address));
      }),
    );
  });
});

describe('a base URL', () => {
  it.each([
    'http://127.0.0.1/v1',
    'http://localhost:11434',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://[::1]:80/',
    'http://[::ffff:10.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://169.254.169.254/latest',
  ])('may not be %s', (url) =>
    expect(() => checkBaseUrl(url, [])).toThrowError(expect.objectContaining({ code: 'invalid_input' })),
  );

  it.each([
    'ftp://a.example',
    'file:///etc/passwd',
    'https://user:pw@a.example',
    'https://a.example/?x=1',
    'https://a.example/#x',
    'a.example',
    'https://',
    '',
  ])('may not be “%s”', (url) =>
    expect(() => checkBaseUrl(url, ['0.0.0.0/0'])).toThrowError(expect.objectContaining({ code: 'invalid_input' })),
  );

  it('is kept without a trailing slash', () => {
    expect(checkBaseUrl(' https://api.example/v1/ ', [])).toBe('https://api.example/v1');
    expect(checkBaseUrl('http://localhost:11434/', ['127.0.0.0/8'])).toBe('http://localhost:11434');
  });
});

describe('a call to an address a tenant chose', () => {
  const call = (url: string, allowedPrivate: string[]) =>
    sendOutbound({ url, method: 'GET', headers: {}, allowedPrivate, signal: AbortSignal.timeout(5000) });

  it('is judged by the address the name leads to, where the connection is made', async () => {
    const simulator = await startSimulator({ port: 0 });
    const url = `${simulator.url.replace('127.0.0.1', 'localhost')}/v1/models`;
    await expect(call(url, [])).rejects.toBeInstanceOf(ForbiddenAddressError);
    await expect(call(`${simulator.url}/v1/models`, [])).rejects.toBeInstanceOf(ForbiddenAddressError);
    const reply = await call(url, ['127.0.0.0/8', '::1/128']);
    expect(await readBody(reply, 10)).toBeNull();
    await simulator.close();
  });
});
