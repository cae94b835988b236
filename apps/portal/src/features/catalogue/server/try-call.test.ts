import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sessionCookie } from '../../../auth/test/session-cookie.ts';
import { ground } from '../../../server/ground.ts';
import { handleTry } from './try-call.ts';

const PORTAL = 'http://portal.test';
const SECRET = 'a secret of at least thirty-two characters';
const t = testContext();
let cookie = '';
let seen: { request: IncomingMessage; body: string }[] = [];
let gatewayUrl = '';

const gateway = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    seen.push({ request, body });
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://elsewhere.test/' }).end();
    else if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r-1', 'set-cookie': 'a=b' });
      response.write('data: one\n\n');
      // The second event is sent only once the first was read by the caller; see the test.
      request.socket.once('parley-go', () => response.end('data: two\n\n'));
    } else response.writeHead(403, { 'content-type': 'text/html' }).end('<script>no</script>');
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  vi.stubEnv('PORTAL_URL', PORTAL);
  vi.stubEnv('GATEWAY_URL', gatewayUrl);
  vi.stubEnv('NEXTAUTH_SECRET', SECRET);
  vi.stubEnv('LOG_LEVEL', 'silent');
  const { userId } = await t.person();
  cookie = await sessionCookie(userId, SECRET);
  // The environment is read once, while it is stubbed.
  ground();
});
afterAll(async () => {
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  await ground().db.close();
  await t.close();
});

function attempt(call: object, headers: Record<string, string> = {}): Promise<Response> {
  seen = [];
  return handleTry(
    new Request(`${PORTAL}/api/try`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
        origin: PORTAL,
        cookie,
        ...headers,
      },
      body: JSON.stringify({ method: 'GET', key: 'pk_live_x', url: `${gatewayUrl}/x`, ...call }),
    }),
  );
}

test('only a signed-in person on a page of this portal can send a call', async () => {
  const refused = [
    attempt({}, { 'sec-fetch-site': 'cross-site', origin: 'http://evil.test' }),
    attempt({}, { cookie: '' }),
    attempt({}, { cookie: 'next-auth.session-token=forged' }),
  ];
  expect((await Promise.all(refused)).map((response) => response.status)).toEqual([403, 401, 401]);
  expect(seen).toEqual([]);
});

test('calls go to the gateway and nowhere else, whatever the address looks like', async () => {
  const port = new URL(gatewayUrl).port;
  for (const url of [
    'http://169.254.169.254/latest/meta-data',
    `http://127.0.0.1:${Number(port) + 1}/x`,
    `http://127.0.0.1:${port}@evil.test/`,
    `http://user:pass@127.0.0.1:${port}/x`,
    `https://127.0.0.1:${port}/x`,
    'file:///etc/passwd',
    '//127.0.0.1/x',
  ]) {
    expect([400, 403], url).toContain((await attempt({ url })).status);
  }
  expect(seen).toEqual([]);
  const redirect = await attempt({ url: `${gatewayUrl}/redirect` });
  expect([redirect.headers.get('x-try-status'), seen.length]).toEqual(['302', 1]);
});

test('the gateway gets the call with the given key and none of the reader’s cookies', async () => {
  await attempt({
    method: 'POST',
    url: `${gatewayUrl}/x?a=1`,
    body: '{"a":1}',
    headers: {
      'content-type': 'application/json',
      'x-trace': '7',
      Cookie: 'a=b',
      Authorization: 'Bearer other',
      host: 'x',
    },
  });
  const [{ request, body } = { request: null, body: '' }] = seen;
  expect(request).toMatchObject({ method: 'POST', url: '/x?a=1' });
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer pk_live_x',
    'x-trace': '7',
    host: new URL(gatewayUrl).host,
  });
  expect(request?.headers.cookie).toBe(undefined);
  expect(body).toBe('{"a":1}');
});

test('an answer is never taken for a page or a cookie of the portal', async () => {
  const response = await attempt({});
  expect(response.status).toBe(200);
  expect(response.headers.get('x-try-status')).toBe('403');
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(await response.text()).toBe('<script>no</script>');
});

test('a stream reaches the reader piece by piece', async () => {
  const response = await attempt({ url: `${gatewayUrl}/stream` });
  expect(response.headers.get('set-cookie')).toBe(null);
  expect(JSON.parse(decodeURIComponent(response.headers.get('x-try-headers') ?? ''))).toEqual({
    'content-type': 'text/event-stream',
    'x-request-id': 'r-1',
  });
  const reader = response.body?.getReader();
  const read = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(await read()).toBe('data: one\n\n');
  seen[0]?.request.socket.emit('parley-go');
  expect(await read()).toBe('data: two\n\n');
});

test('a call that is none is refused beside its field', async () => {
  const response = await attempt({ key: '' });
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ path: 'key' }] }]);
});
