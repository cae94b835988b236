import { request as httpRequest } from 'node:http';
import { usageEventSchema } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, UPSTREAM_SECRET, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type Behaviour, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let secret: string;
let base: string;
const echo: Behaviour = (received, response) => {
  response.writeHead(201, { 'content-type': 'application/x-test', 'x-backend': 'yes', 'x-ratelimit-remaining': '1' });
  response.end(received.body);
};

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream(echo);
  const shop = publisher(`shop-${newId().slice(-8)}`);
  const target = upstream(shop, `${backend.url}/base/`);
  const rest = restApi(shop, 'orders', target.id);
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${shop.doc.slug}/orders/v1`;
  await publishTenant(world.redis, shop.doc);
  await publishApplication(world.redis, application([subscription(shop, rest)], [key.entry]));
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave(echo);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function call(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${base}${path}`, { ...init, headers: { authorization: `Bearer ${secret}`, ...init.headers } });
}

describe('REST proxy', () => {
  it('passes method, path, query, body, status and answer on unchanged', async () => {
    const body = Buffer.from([0, 255, 10, 13, 200]);
    const answer = await call('/a/b%2Fc?x=1&y=%20', { method: 'PUT', body, headers: { 'content-type': 'x/y' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-backend')).toBe('yes');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(body);
    expect(backend.received[0]).toMatchObject({ method: 'PUT', url: '/base/a/b%2Fc?x=1&y=%20' });
  });

  it('records the call with its own request id', async () => {
    const answer = await call('/a');
    const event = usageEventSchema.parse(await world.event(answer.headers.get('x-request-id')));
    expect(event).toMatchObject({
      kind: 'rest',
      status: 201,
      code: null,
      costNano: '0',
      attempts: 1,
      node: world.node,
    });
    expect(event.path).toMatch(/\/orders\/v1\/a$/);
    expect(event.durationUs).toBeGreaterThanOrEqual(event.upstreamUs);
  });

  it('never hands on the caller’s credentials, cookies or forwarding claims, nor hop-by-hop headers', async () => {
    const port = Number(new URL(world.url).port);
    await new Promise<void>((resolve, reject) => {
      const sent = httpRequest(
        {
          port,
          path: new URL(`${base}/h`).pathname,
          headers: {
            'X-API-Key': secret,
            Authorization: 'Basic abc',
            Cookie: 'session=1',
            'X-Forwarded-For': '6.6.6.6',
            'X-Real-IP': '6.6.6.6',
            Forwarded: 'for=6.6.6.6',
            'X-Request-Id': 'mine',
            'X-Backend-Key': 'guess',
            Connection: 'keep-alive, X-Private',
            'X-Private': 'for this hop',
            TE: 'trailers',
            'Proxy-Authorization': 'Basic abc',
            'X-Kept': 'kept',
          },
        },
        (answer) => answer.resume().on('end', resolve),
      );
      sent.on('error', reject).end();
    });
    const headers = backend.received[0]?.headers ?? {};
    for (const name of ['authorization', 'x-api-key', 'cookie', 'x-real-ip', 'forwarded', 'x-private', 'te']) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers['proxy-authorization']).toBeUndefined();
    expect(headers['x-forwarded-for']).toMatch(/127\.0\.0\.1$/);
    expect(headers['x-forwarded-host']).toContain(String(port));
    expect(headers['x-forwarded-proto']).toBe('http');
    expect(headers['x-request-id']).not.toBe('mine');
    expect(headers['x-backend-key']).toBe(UPSTREAM_SECRET);
    expect(headers['x-kept']).toBe('kept');
    expect(headers.via).toBe('1.1 parley');
    expect(headers.host).toBe(new URL(backend.url).host);
  });

  it('keeps the upstream’s rate-limit and hop-by-hop headers to itself', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, {
        'x-ratelimit-remaining-requests': '41',
        ratelimit: 'theirs',
        'keep-alive': 'timeout=1',
        'x-request-id': 'theirs',
      });
      response.end('ok');
    });
    const answer = await call('/x');
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBeNull();
    expect(answer.headers.get('ratelimit')).toBeNull();
    expect(answer.headers.get('x-request-id')).not.toBe('theirs');
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=1');
  });

  it('streams a large body both ways with little memory', async () => {
    backend.behave((received, response) => sendJson(response, 200, { size: received.body.length }));
    const body = Buffer.alloc(900_000, 'x');
    const answer = await call('/big', { method: 'POST', body });
    expect(await answer.json()).toEqual({ size: body.length });
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event.requestBytes).toBe(body.length);
  });

  it('answers HEAD and 204 without a body and keeps the connection usable', async () => {
    backend.behave((received, response) => {
      response.writeHead(
        received.method === 'HEAD' ? 200 : 204,
        received.method === 'HEAD' ? { 'content-length': '12' } : {},
      );
      response.end();
    });
    const head = await call('/h', { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('12');
    expect((await call('/n')).status).toBe(204);
  });

  it('passes an upstream’s own refusals and errors on as they are', async () => {
    for (const status of [302, 401, 404, 429, 500]) {
      backend.behave((_received, response) =>
        sendJson(response, status, { status }, status === 302 ? { location: '/else' } : {}),
      );
      const answer = await call('/s', { redirect: 'manual' });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toEqual({ status });
    }
  });

  it('breaks the connection when the upstream breaks off, and records it', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const answer = await call('/cut');
    await expect(answer.text()).rejects.toThrow();
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      status: 200,
      code: 'upstream_cut',
      abortedBy: 'upstream',
    });
  });

  it('sends a call again when a kept connection was lost, if that is safe, and never a POST', async () => {
    const losing = (method: string): Behaviour => {
      let lost = false;
      return (received, response) => {
        if (received.method !== method || lost) return echo(received, response);
        lost = true;
        response.destroy();
      };
    };
    backend.behave(losing('GET'));
    const repeated = await call('/again');
    expect(repeated.status).toBe(201);
    expect(await world.event(repeated.headers.get('x-request-id'))).toMatchObject({ attempts: 2, code: null });
    backend.behave(losing('POST'));
    const refused = await call('/again', { method: 'POST', body: 'x' });
    expect(refused.status).toBe(502);
    expect(await world.event(refused.headers.get('x-request-id'))).toMatchObject({
      attempts: 1,
      code: 'upstream_unreachable',
    });
  });

  it('serves many requests on one connection, also when they are sent at once', async () => {
    const { connect } = await import('node:net');
    const { port } = new URL(world.url);
    const path = new URL(`${base}/p`).pathname;
    const one = (n: number) =>
      `POST ${path} HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\ncontent-length: 2\r\n\r\n#${n}`;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1');
      let seen = '';
      socket.on('error', reject).on('data', (data: Buffer) => {
        seen += data.toString();
        if (seen.includes('#3')) socket.destroy(resolve(seen) as undefined);
      });
      socket.write(one(1) + one(2) + one(3));
    });
    expect(text.match(/HTTP\/1\.1 201/g)).toHaveLength(3);
    expect(text.indexOf('#1')).toBeLessThan(text.indexOf('#2'));
    expect(text.indexOf('#2')).toBeLessThan(text.indexOf('#3'));
  });

  it('waits with `100 Continue` until the call is let in', async () => {
    const ask = (key: string) =>
      new Promise<{ continued: boolean; status: number }>((resolve, reject) => {
        let continued = false;
        const sent = httpRequest(
          {
            port: Number(new URL(world.url).port),
            path: new URL(`${base}/e`).pathname,
            method: 'POST',
            headers: { 'x-api-key': key, expect: '100-continue', 'content-length': '2' },
          },
          (answer) => {
            answer.resume();
            resolve({ continued, status: answer.statusCode ?? 0 });
          },
        );
        sent.on('continue', () => {
          continued = true;
          sent.end('ok');
        });
        sent.on('error', reject);
        sent.flushHeaders();
      });
    expect(await ask(secret)).toEqual({ continued: true, status: 201 });
    expect(await ask('pk_live_wrong')).toEqual({ continued: false, status: 401 });
  });

  it('answers health questions', async () => {
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${world.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ok', configuration: 'followed', node: world.node });
  });
});
