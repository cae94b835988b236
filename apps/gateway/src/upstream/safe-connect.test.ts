import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressCheck } from './addresses.ts';
import { ForbiddenAddressError, type SafeConnectOptions, safeConnector } from './safe-connect.ts';

const nobody = addressCheck([]);

describe('addressCheck', () => {
  it.each([
    ['this network', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['CGNAT', '100.64.0.1'],
    ['loopback', '127.0.0.53'],
    ['link-local', '169.254.1.1'],
    ['cloud metadata', '169.254.169.254'],
    ['private', '172.31.255.255'],
    ['protocol assignments', '192.0.0.170'],
    ['documentation', '192.0.2.1'],
    ['6to4 relay', '192.88.99.1'],
    ['private', '192.168.1.1'],
    ['benchmarking', '198.19.0.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped in hex', '::ffff:a9fe:a9fe'],
    ['IPv4-mapped, upper case', '::FFFF:10.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64, local', '64:ff9b:1::1'],
    ['discard', '100::1'],
    ['Teredo', '2001::1'],
    ['documentation', '2001:db8::1'],
    ['6to4', '2002:7f00:1::'],
    ['documentation', '3fff::1'],
    ['SRv6', '5f00::1'],
    ['unique local', 'fd00::1'],
    ['AWS metadata over IPv6', 'fd00:ec2::254'],
    ['link-local with zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['no address', 'example.com'],
  ])('forbids %s (%s)', (_why, address) => {
    expect(nobody(address)).toBe(false);
  });

  it.each(['1.1.1.1', '100.128.0.1', '172.32.0.1', '192.0.1.1', '198.20.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'allows the public address %s',
    (address) => {
      expect(nobody(address)).toBe(true);
    },
  );

  it('allows what the operator lists, and nothing beside it', () => {
    const check = addressCheck(['127.0.0.0/8', 'fd00::/64', '10.1.0.0/16']);
    expect(['127.0.0.1', '::ffff:127.0.0.1', 'fd00::1', '10.1.255.1'].map(check)).toEqual([true, true, true, true]);
    expect(['10.2.0.1', '::1', 'fd00:0:0:1::1', '169.254.169.254'].map(check)).toEqual([false, false, false, false]);
  });
});

describe('safeConnector', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end('reached'));
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  async function get(host: string, options: Partial<SafeConnectOptions> = {}): Promise<string> {
    const connect = safeConnector({ check: nobody, timeoutMs: 1000, ...options });
    const { hostname, protocol } = new URL(`http://${host}`);
    const target = { protocol, hostname, port: String(port) };
    return new Promise((resolve, reject) => {
      connect(target, (error, socket) => {
        if (socket === null) return reject(error ?? new Error('neither socket nor error'));
        const asked = request({ createConnection: () => socket, host });
        asked.on('error', reject);
        asked.on('response', (answer) => resolve(text(answer)));
        asked.end();
      });
    });
  }
  const resolveTo = (...addresses: string[]): NonNullable<SafeConnectOptions['resolve']> => {
    let calls = 0;
    const resolve = (_host: string, _options: object, callback: (error: null, found: object[]) => void) => {
      // The second answer is another one, as in a rebinding attack.
      const found = calls++ === 0 ? addresses : ['127.0.0.1'];
      callback(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return resolve as unknown as NonNullable<SafeConnectOptions['resolve']>;
  };

  it.each(['127.0.0.1', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', '0'])(
    'does not connect to %s, however it is written',
    async (host) => {
      const before = connections;
      await expect(get(host)).rejects.toBeInstanceOf(ForbiddenAddressError);
      expect(connections).toBe(before);
    },
  );

  it('judges every address a name resolves to, and connects only to those that pass', async () => {
    await expect(get('evil.test', { resolve: resolveTo('127.0.0.1', '10.0.0.1') })).rejects.toBeInstanceOf(
      ForbiddenAddressError,
    );
    const check = addressCheck(['127.0.0.0/8']);
    expect(await get('mixed.test', { check, resolve: resolveTo('10.0.0.1', '127.0.0.1') })).toBe('reached');
  });

  it('reaches what the operator allows, by address and by name', async () => {
    const check = addressCheck(['127.0.0.0/8', '::1/128']);
    expect(await get('127.0.0.1', { check })).toBe('reached');
    expect(await get('localhost', { check })).toBe('reached');
  });
});
