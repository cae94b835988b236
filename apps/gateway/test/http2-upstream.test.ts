import { createServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let server: Http2Server;
let plain: UpstreamServer;
let base: string;
let plainBase: string;
let secret: string;
let connections = 0;
let refusals = 0;
const seen: { method: string; url: string; headers: Record<string, unknown>; bytes: number; aborted: boolean }[] = [];

async function behave(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const entry = { method: request.method, url: request.url, headers: request.headers, bytes: 0, aborted: false };
  seen.push(entry);
  request.on('aborted', () => {
    entry.aborted = true;
  });
  if (request.url === '/refused' && refusals-- > 0) return response.stream.close(7);
  try {
    for await (const chunk of request) entry.bytes += (chunk as Buffer).length;
  } catch {
    return;
  }
  if (request.url === '/never') return;
  if (request.url === '/big') return void response.end(Buffer.alloc(5_000_000, 'x'));
  if (request.url === '/cut') {
    response.write('part');
    return void setTimeout(() => response.stream.close(2), 20);
  }
  response.setHeader('set-cookie', ['a=1', 'b=2']);
  response.end(JSON.stringify({ bytes: entry.bytes }));
}

beforeAll(async () => {
  world = await openWorld();
  plain = await startUpstream((_, response) => sendJson(response, 200, {}));
  server = createServer(
    { settings: { maxConcurrentStreams: 20 } },
    (request, response) => void behave(request, response),
  );
  server.on('session', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pub = publisher(`h2up-${newId().slice(-8)}`);
  const { port } = server.address() as AddressInfo;
  const options = { http2: true };
  const two = restApi(pub, 'two', upstream(pub, `http://127.0.0.1:${port}`, { options }).id);
  const one = restApi(pub, 'one', upstream(pub, plain.url, { slug: 'plain', options }).id);
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/two/v1`;
  plainBase = `${world.url}/${pub.doc.slug}/one/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, two), subscription(pub, one)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await plain.close();
  await new Promise((resolve) => server.close(resolve));
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}${path}`, { ...init, headers: { 'x-api-key': secret } });

it('carries many calls at once on few connections, within what the upstream allows', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => call(`/x?${n}`)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(answers[0]?.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(connections).toBeLessThanOrEqual(8);
  const sent = seen.find(({ url }) => url === '/x?7')?.headers;
  expect(sent).toMatchObject({
    ':authority': new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).host,
  });
  expect(sent).toMatchObject({ 'x-backend-key': 'upstream-secret-1717' });
  expect(sent).not.toHaveProperty('x-api-key');
});

it('passes large bodies both ways', async () => {
  const sent = await call('/up', { method: 'POST', body: Buffer.alloc(900_000) });
  expect(await sent.json()).toEqual({ bytes: 900_000 });
  expect((await (await call('/big')).arrayBuffer()).byteLength).toBe(5_000_000);
});

it('sends again what the upstream refused to begin, a POST included', async () => {
  refusals = 1;
  const answer = await call('/refused', { method: 'POST', body: 'once' });
  expect(await answer.json()).toEqual({ bytes: 4 });
  expect(seen.filter(({ url }) => url === '/refused')).toHaveLength(2);
});

it('breaks off what the upstream broke off, and cancels what the caller left', async () => {
  await expect(call('/cut').then((answer) => answer.text())).rejects.toThrow();
  const control = new AbortController();
  const gone = call('/never', { signal: control.signal }).catch(() => null);
  const entry = await waitFor('the call', () => seen.find(({ url }) => url === '/never'));
  control.abort();
  await gone;
  await waitFor('the cancellation', () => entry.aborted);
});

it('tells an upstream that does not speak HTTP/2', async () => {
  const answer = await fetch(`${plainBase}/x`, { headers: { 'x-api-key': secret } });
  expect(answer.status).toBe(502);
});
