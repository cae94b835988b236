import { connect, createServer, type Socket } from 'node:net';
import type { PoliciesInput } from '@parley/contracts/policies';
import type { WebSocketPolicy } from '@parley/contracts/policies/web-socket';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { controlFrame } from '../src/policies/web-socket/control-frames.ts';
import { OPCODE } from '../src/policies/web-socket/frames.ts';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

interface Seen {
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly socket: WebSocket;
  readonly messages: string[];
  closed: { code: number; reason: string } | null;
}

let world: World;
let server: WebSocketServer;
let seen: Seen[] = [];
/** Whether the upstream repeats what it hears. */
let echoes = true;
const clients: { terminate(): void }[] = [];

beforeAll(async () => {
  // Connections without a call are closed much sooner than sockets fall silent here.
  world = await openWorld({ sockets: { tickMs: 20, pingMs: 1000, closeMs: 500 }, door: { idleMs: 100 } });
  server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: 64 * 1024 * 1024,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
    verifyClient: ({ req }, done) => (req.url?.includes('shut') ? done(false, 403, 'not you') : done(true)),
  });
  server.on('connection', (socket, request) => {
    const entry: Seen = { url: request.url ?? '', headers: request.headers, socket, messages: [], closed: null };
    seen.push(entry);
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      entry.messages.push(isBinary ? `binary:${(data as Buffer).length}` : (data as Buffer).toString());
      if (echoes) socket.send(data, { binary: isBinary });
    });
    socket.on('close', (code, reason) => {
      entry.closed = { code, reason: String(reason) };
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
});
beforeEach(() => {
  seen = [];
  echoes = true;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.terminate();
});
afterAll(async () => {
  await world.close();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

interface Door {
  readonly url: string;
  readonly secret: string;
  readonly doc: ReturnType<typeof application>;
  readonly pub: ReturnType<typeof publisher>;
}

/** A publisher whose one route passes WebSockets through, and a caller of it. */
async function door(
  policy: Partial<WebSocketPolicy> = {},
  more: PoliciesInput = {},
  limits = [] as never[],
): Promise<Door> {
  const pub = publisher(`ws-${newId().slice(-8)}`);
  const { port } = server.address() as { port: number };
  const target = upstream(pub, `http://127.0.0.1:${port}/base`);
  const plain = { id: newId(), method: 'GET' as const, path: '/plain', upstreamId: target.id, upstreamPath: null };
  const routes = [
    { ...plain, id: newId(), path: '/live', policies: { webSocket: policy, ...more } },
    { ...plain, id: newId(), path: '/shut', policies: { webSocket: policy } },
    plain,
  ];
  const made = api(pub, 'live', { kind: 'rest', routes }, limits);
  const key = apiKey();
  const doc = application([subscription(pub, made)], [key.entry]);
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, doc);
  return { url: `${world.url.replace('http', 'ws')}/${pub.doc.slug}/live/v1`, secret: key.secret, doc, pub };
}

interface Client {
  readonly socket: WebSocket;
  readonly messages: string[];
  readonly requestId: () => string | null;
  closed: { code: number; reason: string } | null;
  refused: { status: number; body: string; headers: Record<string, unknown> } | null;
}

function open(url: string, secret: string | null, protocols: string[] = []): Client {
  const headers = secret === null ? {} : { 'x-api-key': secret };
  const socket = new WebSocket(url, protocols, { headers });
  clients.push(socket);
  let requestId: string | null = null;
  const client: Client = { socket, messages: [], closed: null, refused: null, requestId: () => requestId };
  socket.on('error', () => {});
  socket.on('upgrade', (response) => {
    requestId = String(response.headers['x-request-id']);
  });
  socket.on('unexpected-response', (_request, response) => {
    let body = '';
    response.on('data', (part: Buffer) => {
      body += part.toString();
    });
    response.on('end', () => {
      client.refused = { status: response.statusCode ?? 0, body, headers: response.headers };
    });
  });
  socket.on('message', (data, isBinary) => {
    client.messages.push(isBinary ? `binary:${(data as Buffer).length}` : (data as Buffer).toString());
  });
  socket.on('close', (code, reason) => {
    client.closed = { code, reason: String(reason) };
  });
  return client;
}

async function opened(url: string, secret: string, protocols: string[] = []): Promise<Client> {
  const client = open(url, secret, protocols);
  await waitFor('the connection', () => client.socket.readyState === WebSocket.OPEN || client.refused);
  expect(client.refused).toBeNull();
  return client;
}

const closeOf = (client: Client) => waitFor('the end', () => client.closed);

describe('a WebSocket', () => {
  it('passes messages both ways, and is recorded once at its end', async () => {
    const { url, secret } = await door();
    const client = await opened(`${url}/live?room=7`, secret);
    client.socket.send('hello');
    client.socket.send(Buffer.alloc(100_000));
    await waitFor('the echoes', () => client.messages.length === 2);
    expect(client.messages).toEqual(['hello', 'binary:100000']);
    expect(seen[0]?.url).toBe('/base/live?room=7');
    expect(seen[0]?.headers).toMatchObject({ 'x-backend-key': 'upstream-secret-1717', 'sec-websocket-version': '13' });
    expect(seen[0]?.headers).not.toHaveProperty('x-api-key');
    expect(seen[0]?.headers).not.toHaveProperty('sec-websocket-extensions');
    client.socket.close(4001, 'enough');
    expect(await closeOf(client)).toEqual({ code: 4001, reason: 'enough' });
    await waitFor('the upstream’s end', () => seen[0]?.closed);
    expect(seen[0]?.closed).toEqual({ code: 4001, reason: 'enough' });
    const event = await world.event(client.requestId());
    expect(event).toMatchObject({
      kind: 'websocket',
      status: 101,
      code: null,
      abortedBy: 'none',
      stream: true,
      requestBytes: 100_005,
      responseBytes: 100_005,
      messages: { in: 2, out: 2 },
    });
    expect(world.events().filter(({ id }) => id === event.id)).toHaveLength(1);
  });

  it('lets the upstream say goodbye first', async () => {
    const { url, secret } = await door();
    const client = await opened(`${url}/live`, secret);
    seen[0]?.socket.close(1000, 'done');
    expect(await closeOf(client)).toEqual({ code: 1000, reason: 'done' });
    expect(await world.event(client.requestId())).toMatchObject({ code: null, abortedBy: 'none' });
  });

  it('passes pings and pongs from end to end', async () => {
    const { url, secret } = await door();
    const client = await opened(`${url}/live`, secret);
    const pongs: string[] = [];
    client.socket.on('pong', (data) => pongs.push(String(data)));
    client.socket.ping('one');
    await waitFor('the pong', () => pongs.length > 0);
    expect(pongs).toEqual(['one']);
  });

  it('stays open though nobody speaks, as both sides answer the gateway’s own pings', async () => {
    const { url, secret } = await door();
    const client = await opened(`${url}/live`, secret);
    let pings = 0;
    client.socket.on('ping', () => pings++);
    await waitFor('two pings', () => pings >= 2);
    expect(client.closed).toBeNull();
    client.socket.send('still here');
    await waitFor('the echo', () => client.messages.includes('still here'));
  });

  it('passes the subprotocol the upstream chose', async () => {
    const { url, secret } = await door();
    const client = await opened(`${url}/live`, secret, ['other', 'chat']);
    expect(client.socket.protocol).toBe('chat');
    expect(seen[0]?.headers['sec-websocket-protocol']).toBe('other, chat');
  });

  it('holds a fast sender to the pace of a slow reader', async () => {
    const { url, secret } = await door({ maxMessageBytes: 10_000_000 });
    const client = await opened(`${url}/live`, secret);
    echoes = false;
    seen[0]?.socket.pause();
    const part = Buffer.alloc(1_000_000);
    for (let i = 0; i < 32; i++) client.socket.send(part);
    let before = -1;
    await waitFor('the sender to be held', () => {
      const waiting = client.socket.bufferedAmount;
      const held = waiting === before && waiting > 8_000_000;
      before = waiting;
      return held;
    });
    seen[0]?.socket.resume();
    await waitFor('everything to arrive', () => seen[0]?.messages.length === 32);
    expect(client.closed).toBeNull();
  });
});

describe('who may open one', () => {
  it('asks for a key as any call does, and tells strangers nothing of the path', async () => {
    const { url } = await door();
    for (const path of ['/live', '/plain', '/nowhere']) {
      const client = open(`${url}${path}`, null);
      const refused = await waitFor('the refusal', () => client.refused);
      expect(refused.status, path).toBe(401);
      expect(refused.body, path).toContain('"code":"key_missing"');
    }
    expect(seen).toEqual([]);
  });

  it('takes a key from a subprotocol only where the policy says so, and never passes it on', async () => {
    const browser = await door({ browserKeys: true });
    const client = open(`${browser.url}/live`, null, ['parley', `parley-key.${browser.secret}`]);
    await waitFor('the connection', () => client.socket.readyState === WebSocket.OPEN);
    expect(client.socket.protocol).toBe('parley');
    expect(JSON.stringify(seen[0]?.headers)).not.toContain(browser.secret);
    expect(seen[0]?.headers).not.toHaveProperty('sec-websocket-protocol');
    const plain = await door();
    const refused = open(`${plain.url}/live`, null, ['parley', `parley-key.${plain.secret}`]);
    expect((await waitFor('the refusal', () => refused.refused)).status).toBe(401);
  });

  it('refuses plain calls with 426, and passes no upgrade on routes without the policy', async () => {
    const { url, secret } = await door();
    const http = url.replace('ws', 'http');
    const plain = await fetch(`${http}/live`, { headers: { 'x-api-key': secret } });
    expect(plain.status).toBe(426);
    expect(plain.headers.get('sec-websocket-version')).toBe('13');
    expect(await plain.json()).toMatchObject({ code: 'upgrade_required' });
    const elsewhere = open(`${url}/plain`, secret);
    const refused = await waitFor('the answer', () => elsewhere.refused);
    expect(refused.status).toBe(426);
    expect(refused.headers['x-backend']).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('gives the upstream’s own refusal to the caller', async () => {
    const { url, secret } = await door();
    const client = open(`${url}/shut`, secret);
    expect(await waitFor('the refusal', () => client.refused)).toMatchObject({ status: 403, body: 'not you' });
  });

  it('counts connections of an application, and frees a place when one ends', async () => {
    const { url, secret } = await door({ connectionsPerApplication: 2 });
    const first = await opened(`${url}/live`, secret);
    await opened(`${url}/live`, secret);
    const third = open(`${url}/live`, secret);
    const refused = await waitFor('the refusal', () => third.refused);
    expect(refused.status).toBe(429);
    expect(refused.body).toContain('too_many_running');
    first.socket.close();
    await closeOf(first);
    await waitFor('a free place', async () => {
      const again = open(`${url}/live`, secret);
      await waitFor('an answer', () => again.refused || again.socket.readyState === WebSocket.OPEN);
      return again.refused === null;
    });
  });

  it('is an ordinary connection for limits of calls', async () => {
    const { url, secret } = await door(
      {},
      { limits: { rules: [{ algorithm: 'window', amount: 1, periodSeconds: 3600 }] } },
    );
    const first = await opened(`${url}/live`, secret);
    for (const text of ['a', 'b', 'c']) first.socket.send(text);
    await waitFor('the echoes', () => first.messages.length === 3);
    const second = open(`${url}/live`, secret);
    expect((await waitFor('the refusal', () => second.refused)).status).toBe(429);
  });
});

describe('bounds', () => {
  it.each<[string, Partial<WebSocketPolicy>, (client: Client) => void, number, string]>([
    [
      'a message too big',
      { maxMessageBytes: 1000 },
      ({ socket }) => socket.send(Buffer.alloc(1001)),
      1009,
      'body_too_large',
    ],
    [
      'too many messages a second',
      { messagesPerSecond: 3 },
      ({ socket }) => ['1', '2', '3', '4'].forEach((text) => socket.send(text)),
      1008,
      'rate_limited',
    ],
    ['silence', { idleSeconds: 1 }, () => {}, 1008, 'socket_idle'],
    ['a long life', { maxSeconds: 1 }, () => {}, 1001, 'socket_expired'],
    ['an upstream that vanishes', {}, () => seen[0]?.socket.terminate(), 1011, 'upstream_cut'],
    [
      'an answer too big',
      { maxMessageBytes: 1000 },
      () => seen[0]?.socket.send(Buffer.alloc(1001)),
      1009,
      'answer_too_large',
    ],
    [
      'too many answers a second',
      { answersPerSecond: 1 },
      () => ['1', '2'].forEach((text) => seen[0]?.socket.send(text)),
      1008,
      'rate_limited',
    ],
  ])('end a connection for %s, with the right code, recorded', async (_what, policy, act, close, code) => {
    const { url, secret } = await door(policy);
    const client = await opened(`${url}/live`, secret);
    act(client);
    expect((await closeOf(client)).code).toBe(close);
    expect(await world.event(client.requestId())).toMatchObject({ kind: 'websocket', status: 101, code });
    await waitFor('the upstream’s end', () => seen[0]?.closed);
  });

  it('counts each message where the policy says so, and says when to come back', async () => {
    const rules = [{ algorithm: 'window' as const, amount: 4, periodSeconds: 3600 }];
    const { url, secret } = await door({ countMessages: true }, { limits: { rules } });
    const client = await opened(`${url}/live`, secret);
    for (const text of ['1', '2', '3']) {
      client.socket.send(text);
      await waitFor('the echo', () => client.messages.includes(text));
    }
    client.socket.send('4');
    expect((await closeOf(client)).code).toBe(1013);
    expect(seen[0]?.messages).toEqual(['1', '2', '3']);
    expect(await world.event(client.requestId())).toMatchObject({ code: 'rate_limited', messages: { in: 3 } });
  });
});

describe('what ends one from outside', () => {
  it('ends within a moment when its key is revoked', async () => {
    const { url, secret, doc } = await door();
    const client = await opened(`${url}/live`, secret);
    const [key] = doc.keys;
    if (key) await publishApplication(world.redis, { ...doc, version: 2, keys: [{ ...key, revokedAtMs: Date.now() }] });
    expect((await closeOf(client)).code).toBe(1008);
    expect(await world.event(client.requestId())).toMatchObject({ code: 'key_revoked' });
  });

  it('ends when the subscription is suspended, and not when something else changes', async () => {
    const { url, secret, doc, pub } = await door();
    const client = await opened(`${url}/live`, secret);
    await publishApplication(world.redis, { ...doc, version: 2, slug: 'renamed' });
    await publishTenant(world.redis, { ...pub.doc, version: 2 });
    client.socket.send('still');
    await waitFor('the echo', () => client.messages.includes('still'));
    const subscriptions = doc.subscriptions.map((one) => ({ ...one, state: 'suspended' as const }));
    await publishApplication(world.redis, { ...doc, version: 3, subscriptions });
    expect((await closeOf(client)).code).toBe(1008);
    expect(await world.event(client.requestId())).toMatchObject({ code: 'subscription_suspended' });
  });

  it('ends politely when the node shuts down', async () => {
    const other = await openWorld({ sockets: { tickMs: 20 }, drainMs: 3000 });
    const { url, secret } = await door();
    const client = await opened(url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${other.gateway.port}`) + '/live', secret);
    const closing = other.close();
    expect((await closeOf(client)).code).toBe(1001);
    await closing;
    expect(other.events().at(-1)).toMatchObject({ kind: 'websocket', code: 'shutting_down' });
  });
});

/** A client of bytes: a good handshake, then whatever is written. */
async function raw(
  url: string,
  secret: string,
  more = '',
): Promise<{ socket: Socket; text: () => string; closed: () => boolean }> {
  const { port, pathname } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  clients.push({ terminate: () => socket.destroy() });
  let text = '';
  let closed = false;
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
  });
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`,
  );
  await waitFor('the answer', () => text.includes('\r\n\r\n'));
  return { socket, text: () => text, closed: () => closed };
}

describe('hostile and broken peers', () => {
  it('computes the accept of RFC 6455’s own example, and offers no extensions', async () => {
    const { url, secret } = await door();
    const { text } = await raw(`${url}/live`, secret, 'sec-websocket-extensions: permessage-deflate\r\n');
    expect(text()).toContain('sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(text()).not.toContain('sec-websocket-extensions');
  });

  it.each([
    ['no key', 'sec-websocket-key: x\r\n', 400],
    ['another version', 'sec-websocket-version: 8\r\n', 426],
  ])('refuses a handshake with %s', async (_what, header, status) => {
    const { url, secret } = await door();
    const { port, pathname } = new URL(`${url}/live`);
    const socket = connect(Number(port), '127.0.0.1');
    clients.push({ terminate: () => socket.destroy() });
    let text = '';
    socket.on('data', (data: Buffer) => {
      text += data.toString();
    });
    const good = ['sec-websocket-version: 13\r\n', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n'];
    const [name] = header.split(':');
    const lines = [...good.filter((line) => !line.startsWith(`${name}:`)), header].join('');
    const begin = `GET ${pathname} HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n`;
    socket.write(`${begin}${lines}\r\n`);
    await waitFor('the answer', () => text.includes('}'));
    expect(text).toContain(`HTTP/1.1 ${status} `);
    expect(seen).toEqual([]);
  });

  it('closes with 1002 on an unmasked frame, and the upstream never sees it', async () => {
    const { url, secret } = await door();
    const { socket, text, closed } = await raw(`${url}/live`, secret);
    socket.write(Buffer.from([0x81, 2, 104, 105]));
    await waitFor('the end', closed);
    expect(Buffer.from(text(), 'latin1').includes(Buffer.from([0x03, 0xea]))).toBe(true);
    expect(seen[0]?.messages).toEqual([]);
    const event = await waitFor('the record', () =>
      world.events().find(({ code, kind }) => code === 'malformed_request' && kind === 'websocket'),
    );
    expect(event).toMatchObject({ status: 101, messages: { in: 0, out: 0 } });
  });

  it('notices a client that vanished without a word', async () => {
    const { url, secret } = await door();
    const before = world.events().length;
    const { socket } = await raw(`${url}/live`, secret);
    // It reads nothing and answers no ping, as if its cable had been cut.
    socket.pause();
    const event = await waitFor('the record', () =>
      world
        .events()
        .slice(before)
        .find(({ code }) => code === 'client_closed'),
    );
    expect(event).toMatchObject({ kind: 'websocket', abortedBy: 'client' });
    await waitFor('the upstream’s end', () => seen[0]?.closed);
    expect(seen[0]?.closed?.code).toBe(1001);
  });

  it('takes what a client sent together with its handshake', async () => {
    const { url, secret } = await door();
    const { port, pathname } = new URL(`${url}/live`);
    const socket = connect(Number(port), '127.0.0.1');
    clients.push({ terminate: () => socket.destroy() });
    const head =
      `GET ${pathname} HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const early = controlFrame(OPCODE.text, Buffer.from('early'), true);
    socket.write(Buffer.concat([Buffer.from(head), early]));
    await waitFor('the message', () => seen[0]?.messages.length);
    expect(seen[0]?.messages).toEqual(['early']);
  });
});

describe('an upstream that does not speak WebSocket as it should', () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n';
  it.each([
    ['a wrong accept', `${head}sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`, 502, 'upstream_invalid'],
    ['no accept', `${head}\r\n`, 502, 'upstream_invalid'],
    ['no HTTP', 'hello\r\n\r\n', 502, 'upstream_invalid'],
    ['a head without end', 'HTTP/1.1 101 x\r\n'.padEnd(40_000, 'x'), 502, 'upstream_invalid'],
    ['a closed connection', null, 502, 'upstream_unreachable'],
    ['silence', '', 504, 'upstream_timeout'],
    ['an ordinary answer', 'HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno', 404, null],
  ])('is told from one that does: %s', async (_what, answer, status, code) => {
    const bad = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (answer === null ? socket.destroy() : socket.write(answer)));
    });
    await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve));
    const pub = publisher(`bad-${newId().slice(-8)}`);
    const timeouts = { connectMs: 300, headersMs: 300, totalMs: 2000 };
    const target = upstream(pub, `http://127.0.0.1:${(bad.address() as { port: number }).port}`, { timeouts });
    const routes = [{ id: newId(), method: 'GET' as const, path: '/live', upstreamId: target.id, upstreamPath: null }];
    const made = api(pub, 'live', { kind: 'rest', routes });
    for (const version of made.versions) version.policies = { webSocket: {} };
    const key = apiKey();
    await publishTenant(world.redis, pub.doc);
    await publishApplication(world.redis, application([subscription(pub, made)], [key.entry]));
    const client = open(`${world.url.replace('http', 'ws')}/${pub.doc.slug}/live/v1/live`, key.secret);
    const refused = await waitFor('the refusal', () => client.refused);
    expect(refused.status).toBe(status);
    expect(await world.event(String(refused.headers['x-request-id']))).toMatchObject({
      code,
      kind: 'websocket',
      status,
    });
    bad.close();
  });
});
