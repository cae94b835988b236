import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { makeCertificate, type TestCertificate } from '@parley/testkit/certificate';
import { afterEach, describe, expect, it } from 'vitest';
import { addressCheck } from '../addresses.ts';
import { failureCode } from '../failure.ts';
import { ConnectionPool, type PoolOptions } from '../pool.ts';
import { ask, readText } from './ask.ts';

const authority = makeCertificate(['authority.test']);
const good = makeCertificate(['localhost', 'shop.test'], authority);

const servers: Server[] = [];
const pools: ConnectionPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.destroy();
  for (const server of servers.splice(0)) server.close();
});

interface TlsUpstream {
  readonly port: number;
  /** What clients asked for, one entry a handshake. */
  readonly seen: { name: string | false; protocol: string | false | null; resumed: boolean }[];
}

async function upstream(certificate: TestCertificate): Promise<TlsUpstream> {
  const seen: TlsUpstream['seen'] = [];
  const server = createServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    seen.push({ name: socket.servername ?? false, protocol: socket.alpnProtocol, resumed: socket.isSessionReused() });
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(100_000)}`));
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, seen };
}

function poolOf(origin: string, more: Partial<PoolOptions> = {}): ConnectionPool {
  const check = addressCheck(['127.0.0.0/8', '::1/128']);
  const pool = new ConnectionPool(origin, { check, connectMs: 2000, ca: authority.cert, ...more });
  pools.push(pool);
  return pool;
}

async function get(pool: ConnectionPool): Promise<string> {
  const { signal } = new AbortController();
  const { body } = await ask(pool, { method: 'GET', path: '/', headers: [], body: null, signal });
  return readText(body);
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    expect(failureCode(error)).toBe('upstream_unreachable');
    return (error as { code: string }).code;
  }
  return 'none';
}

describe('an upstream with TLS', () => {
  it('is called by its name in HTTP/1.1 when its certificate is good, and its session kept', async () => {
    const { port, seen } = await upstream(good);
    const pool = poolOf(`https://localhost:${port}`);
    expect((await get(pool)).length).toBe(100_000);
    expect((await get(pool)).length).toBe(100_000);
    pool.trim(Number.POSITIVE_INFINITY);
    expect((await get(pool)).length).toBe(100_000);
    expect(seen).toEqual([
      { name: 'localhost', protocol: 'http/1.1', resumed: false },
      { name: 'localhost', protocol: 'http/1.1', resumed: true },
    ]);
  });

  it('at a discovered address has to have the certificate of its service', async () => {
    const { port, seen } = await upstream(good);
    expect((await get(poolOf(`https://127.0.0.1:${port}`, { host: 'shop.test:8443' }))).length).toBe(100_000);
    expect(seen[0]?.name).toBe('shop.test');
    expect(await codeOf(get(poolOf(`https://127.0.0.1:${port}`, { host: 'bank.test' })))).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await codeOf(get(poolOf(`https://127.0.0.1:${port}`)))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it.each([
    ['for another name', makeCertificate(['other.test'], authority), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['signed by itself', makeCertificate(['localhost']), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'of an authority that only calls itself like ours',
      makeCertificate(['localhost'], makeCertificate(['x.test'])),
      'CERT_SIGNATURE_FAILURE',
    ],
  ])('is not called when its certificate is one %s', async (_what, certificate, code) => {
    const { port } = await upstream(certificate);
    const pool = poolOf(`https://localhost:${port}`);
    expect(await codeOf(get(pool))).toBe(code);
    expect(await codeOf(get(pool))).toBe(code);
  });

  it('is not called when only the system is trusted and does not know its authority', async () => {
    const { port } = await upstream(good);
    expect(await codeOf(get(poolOf(`https://localhost:${port}`, { ca: undefined })))).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    );
  });

  it('that speaks no TLS is a failure', async () => {
    const { createServer: plain } = await import('node:net');
    const server = plain((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await codeOf(get(poolOf(`https://localhost:${port}`)))).not.toBe('none');
    server.close();
  });
});
