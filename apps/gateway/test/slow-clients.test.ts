import { connect, type Socket } from 'node:net';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let head: string;
const sockets: Socket[] = [];
/** The upstream may take its time here: what is asked is how long clients may. */
const PATIENT = { connectMs: 1000, headersMs: 30_000, totalMs: 60_000 };
const ANSWER = Buffer.alloc(32 * 1024 * 1024, 'x');

beforeAll(async () => {
  const pace = { minBytesPerSecond: 500, windowMs: 400, tickMs: 50 };
  const door = { pace, headersTimeout: 600, requestTimeout: 60_000, connectionsCheckingInterval: 50, idleMs: 1200 };
  world = await openWorld({ door });
  backend = await startUpstream((received, response) => {
    if (received.url === '/big') response.writeHead(200, { 'content-length': ANSWER.length }).end(ANSWER);
    else response.writeHead(200, { 'content-length': 2 }).end('ok');
  });
  const pub = publisher(`slow-${newId().slice(-8)}`);
  const rest = restApi(pub, 'echo', upstream(pub, backend.url, { timeouts: PATIENT }).id);
  const { secret, entry } = apiKey();
  head = `/${pub.doc.slug}/echo/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [entry]));
  head = `POST ${head}/x HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\n`;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await world.close();
  await backend.close();
});

interface Client {
  readonly socket: Socket;
  text(): string;
  closed(): boolean;
}

function client(): Client {
  let seen = '';
  let closed = false;
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('data', (data: Buffer) => {
    seen += data.toString('latin1');
  });
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  return { socket, text: () => seen, closed: () => closed };
}

/** Writes one byte every 40 ms, 25 a second, for as long as the connection takes it. */
function drip({ socket, closed }: Client, byte: string): void {
  const timer = setInterval(() => (closed() ? clearInterval(timer) : socket.write(byte)), 40);
  socket.on('close', () => clearInterval(timer));
}

it('answers 408 to headers that come by drops, and closes', async () => {
  const slow = client();
  slow.socket.write('GET / HTTP/1.1\r\nx-slow: ');
  drip(slow, 'a');
  await waitFor('the end of the connection', () => slow.closed());
  expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
});

it.each([
  ['a body of known length read whole', 'content-length: 2000\r\n\r\n'],
  ['a body of known length passed through', 'content-length: 200000\r\n\r\n'],
  ['a body in chunks', 'transfer-encoding: chunked\r\n\r\n7d0\r\n'],
])('ends a call whose body comes by drops, and records it: %s', async (_what, framing) => {
  const slow = client();
  slow.socket.write(head + framing);
  drip(slow, 'a');
  await waitFor('the end of the connection', () => slow.closed());
  expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
  expect(slow.text()).toContain('"code":"client_too_slow"');
  const id = /x-request-id: (\S+)/.exec(slow.text())?.[1] ?? null;
  expect(await world.event(id)).toMatchObject({ status: 408, code: 'client_too_slow' });
});

it('leaves a client in peace that sends slowly, but fast enough', async () => {
  const steady = client();
  steady.socket.write(`${head}content-length: 1000\r\n\r\n`);
  let sent = 0;
  const timer = setInterval(() => {
    steady.socket.write('a'.repeat(50));
    sent += 50;
    if (sent === 1000) clearInterval(timer);
  }, 50);
  await waitFor('the answer', () => steady.text().includes('\r\n\r\nok'));
  expect(sent).toBe(1000);
});

it('ends a call whose answer is not taken, and records how far it came', async () => {
  const deaf = client();
  deaf.socket.pause();
  deaf.socket.write(`${head.replace('POST', 'GET').replace('/x HTTP', '/big HTTP')}\r\n`);
  const event = await waitFor('the record', () => world.events().find((one) => one.path.endsWith('/big')));
  expect(event).toMatchObject({ status: 200, code: 'client_closed', abortedBy: 'client' });
  expect(event.responseBytes).toBeLessThan(ANSWER.length);
});

it('lets a client wait as long as it likes for an answer it can take', async () => {
  let release = (): void => {};
  backend.behave((_, response) => {
    release = () => void response.writeHead(200, { 'content-length': 2 }).end('ok');
  });
  const patient = client();
  patient.socket.write(`${head}content-length: 2\r\n\r\nhi`);
  const from = performance.now();
  await waitFor('longer than the window, and than an idle connection lasts', () => performance.now() - from > 2000);
  release();
  await waitFor('the answer', () => patient.text() !== '' || patient.closed());
  expect(patient.text()).toMatch(/^HTTP\/1\.1 200 /);
});

it('closes a connection that stays idle, and none that is used', async () => {
  const [idle, used] = [client(), client()];
  const ask = (one: Client): boolean => one.socket.write('GET /healthz HTTP/1.1\r\nhost: g\r\n\r\n');
  ask(idle);
  ask(used);
  await waitFor('both answers', () => idle.text().includes('200 OK') && used.text().includes('200 OK'));
  expect(idle.text()).toContain('Keep-Alive: timeout=1\r\n');
  const timer = setInterval(() => ask(used), 100);
  await waitFor('the end of the idle one', () => idle.closed());
  clearInterval(timer);
  expect(used.closed()).toBe(false);
  expect(idle.text().split('200 OK').length).toBe(2);
  await waitFor('the end of the other', () => used.closed());
});
