import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect as netConnect, type Socket } from 'node:net';
import { newId } from '@parley/kernel/id';
import { makeCertificate } from '@parley/testkit/certificate';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, sendStream, startUpstream, streamEvents, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;
let secure: World;
let ca: string;
const sessions: { destroy(): void }[] = [];

beforeAll(async () => {
  const certificate = makeCertificate(['localhost']);
  ca = certificate.cert;
  const door = { pace: { minBytesPerSecond: 500, windowMs: 600, tickMs: 50 }, idleMs: 800 };
  world = await openWorld({ door });
  secure = await openWorld({ door: { ...door, tls: { ...certificate, clientCa: null } } });
  backend = await startUpstream((received, response) => {
    if (received.body.toString().includes('"stream":true')) return sendStream(response, streamEvents(['Hi', ' you']));
    if (received.url === '/big') return void response.end(Buffer.alloc(8_000_000, 'x'));
    if (received.url === '/cut') {
      response.writeHead(200, { 'content-length': 1000 }).write('part');
      return void setImmediate(() => response.destroy());
    }
    if (received.url === '/cookies') {
      return void response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'keep-alive': 'timeout=5' }).end('ok');
    }
    if (received.url === '/never') return;
    sendJson(response, 200, { method: received.method, bytes: received.body.length });
  });
  const pub = publisher(`h2-${newId().slice(-8)}`);
  const rest = restApi(pub, 'echo', upstream(pub, backend.url).id);
  model(pub, provider(pub, backend.url).id, 'fast');
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  secret = key.secret;
  base = `/${pub.doc.slug}/echo/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest), subscription(pub, llm)], [key.entry]));
});
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});
afterAll(async () => {
  await world.close();
  await secure.close();
  await backend.close();
});

function session(url = world.url): ClientHttp2Session {
  const made = connect(url, { ca });
  made.on('error', () => {});
  sessions.push(made);
  return made;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly rstCode: number;
}

function call(on: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer | string): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = on.request({ 'x-api-key': secret, ...headers }, { endStream: body === undefined });
    const parts: Buffer[] = [];
    let head: IncomingHttpHeaders = {};
    stream.on('response', (got) => {
      head = got;
    });
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', () => {});
    stream.on('close', () =>
      resolve({
        status: Number(head[':status'] ?? 0),
        headers: head,
        body: Buffer.concat(parts).toString(),
        rstCode: stream.rstCode ?? 0,
      }),
    );
    if (body !== undefined) stream.end(body);
  });
}

describe('HTTP/2 in', () => {
  it('answers calls with prior knowledge in clear text, many at once on one connection, each recorded', async () => {
    const on = session();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        call(on, { ':path': `${base}/x?${n}`, ':method': 'POST' }, 'a'.repeat(n * 100)),
      ),
    );
    for (const [n, { status, body }] of answers.entries()) {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({ method: 'POST', bytes: n * 100 });
    }
    const event = await world.event(String(answers[39]?.headers['x-request-id']));
    expect(event).toMatchObject({ kind: 'rest', method: 'POST', status: 200, requestBytes: 3900 });
    const sent = backend.received.find(({ url }) => url === '/x?39');
    expect(sent?.headers).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-host': new URL(world.url).host });
    expect(Object.keys(sent?.headers ?? {}).some((name) => name.startsWith(':'))).toBe(false);
  });

  it('answers HTTP/1.1 on the same port as before, also when its first bytes come one by one', async () => {
    const plain = await fetch(`${world.url}${base}/x`, { headers: { 'x-api-key': secret } });
    expect(plain.status).toBe(200);
    const socket = netConnect(Number(new URL(world.url).port), '127.0.0.1');
    sessions.push(socket);
    let text = '';
    socket.on('data', (data: Buffer) => {
      text += data.toString();
    });
    for (const byte of `PUT ${base}/x HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\ncontent-length: 2\r\n\r\nhi`) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor('the answer', () => text.includes('"bytes":2'));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('speaks both protocols with TLS, as ALPN chooses, and tells upstreams so', async () => {
    const url = `https://localhost:${secure.gateway.port}`;
    const two = await call(session(url), { ':path': `${base}/two` });
    expect(two.status).toBe(200);
    const one = await new Promise<number | undefined>((resolve, reject) => {
      const asked = httpsRequest(`${url}${base}/one`, { ca, headers: { 'x-api-key': secret } }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      asked.on('error', reject).end();
    });
    expect(one).toBe(200);
    const sent = backend.received.filter(({ url: path }) => path === '/one' || path === '/two');
    expect(sent.map(({ headers }) => headers['x-forwarded-proto'])).toEqual(['https', 'https']);
  });

  it('passes several values of a header, and none that belongs to a connection', async () => {
    const { status, headers } = await call(session(), { ':path': `${base}/cookies` });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(headers).not.toHaveProperty('keep-alive');
  });

  it('streams chat completions, and refuses in the same words', async () => {
    const on = session();
    const body = JSON.stringify({ model: 'fast', messages: [], stream: true });
    const streamed = await call(
      on,
      { ':path': '/v1/chat/completions', ':method': 'POST', 'content-type': 'application/json' },
      body,
    );
    expect(streamed.body).toContain('[DONE]');
    const stranger = await call(on, { ':path': `${base}/x`, 'x-api-key': 'pk_live_x' });
    expect(stranger.status).toBe(401);
    expect(JSON.parse(stranger.body)).toMatchObject({ code: 'key_malformed' });
  });

  it('answers large bodies at the pace they are taken', async () => {
    const { body } = await call(session(), { ':path': `${base}/big` });
    expect(body.length).toBe(8_000_000);
  });

  it('resets the stream of an answer that was cut, so that nobody takes it for whole', async () => {
    const cut = await call(session(), { ':path': `${base}/cut` });
    expect(cut.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  it('lets the upstream go when the client cancels, and records it', async () => {
    const before = backend.received.length;
    const stream = session().request({ ':path': `${base}/never`, 'x-api-key': secret });
    stream.on('error', () => {});
    const received = await waitFor('the call', () =>
      backend.received.slice(before).find(({ url }) => url === '/never'),
    );
    stream.close(constants.NGHTTP2_CANCEL);
    await waitFor('the upstream’s end', () => received.aborted);
    const event = await waitFor('the record', () => world.events().find(({ path }) => path.endsWith('/never')));
    expect(event).toMatchObject({ code: 'client_closed', abortedBy: 'client' });
  });

  it('invites a body that waits for it, only once the call is let in', async () => {
    const stream = session().request({
      ':path': `${base}/x`,
      ':method': 'POST',
      'x-api-key': secret,
      expect: '100-continue',
    });
    let invited = false;
    stream.on('error', () => {});
    stream.on('continue', () => {
      invited = true;
      stream.end('body');
    });
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.resume();
    await waitFor('the answer', () => status !== 0);
    expect([invited, status]).toEqual([true, 200]);
  });
});

describe('the door', () => {
  it.each<[string, OutgoingHttpHeaders, number]>([
    ['dot segments', { ':path': '/a/b/v1/../x' }, 400],
    ['a backslash', { ':path': '/a/b/v1/\\x' }, 400],
    ['two hosts that differ', { ':path': '/a/b/v1/x', ':authority': 'g', host: 'other' }, 400],
    ['TRACE', { ':path': '/a/b/v1/x', ':method': 'TRACE' }, 405],
    ['a long path', { ':path': `/a/b/v1/${'x'.repeat(5000)}` }, 400],
  ])('refuses %s', async (_what, headers, status) => {
    expect((await call(session(), headers)).status).toBe(status);
  });

  it('takes OPTIONS * and health questions', async () => {
    expect((await call(session(), { ':path': '*', ':method': 'OPTIONS' })).status).toBe(204);
    expect((await call(session(), { ':path': '/healthz' })).status).toBe(200);
  });

  it('refuses headers that are too large', async () => {
    const { status, rstCode } = await call(session(), { ':path': `${base}/x`, 'x-large': 'x'.repeat(40_000) });
    expect(status === 431 || rstCode !== 0).toBe(true);
    expect((await call(session(), { ':path': `${base}/x` })).status).toBe(200);
  });

  it('ends a connection that opens and cancels streams as fast as it can (CVE-2023-44487)', async () => {
    const on = session();
    let opened = 0;
    let over = false;
    on.on('close', () => {
      over = true;
    });
    await waitFor('the end of the connection', async () => {
      for (let i = 0; i < 50 && !over && !on.destroyed; i++) {
        const stream = on.request({ ':path': `${base}/never`, 'x-api-key': 'pk_live_x' });
        stream.on('error', () => {});
        stream.close(constants.NGHTTP2_CANCEL);
        opened++;
      }
      await new Promise((resolve) => setImmediate(resolve));
      return over;
    });
    expect(opened).toBeLessThan(20_000);
    expect((await call(session(), { ':path': '/healthz' })).status).toBe(200);
  });

  it('ends a call whose body comes by drops', async () => {
    const stream = session().request({
      ':path': `${base}/x`,
      ':method': 'POST',
      'x-api-key': secret,
      'content-length': '2000',
    });
    let status = 0;
    stream.on('error', () => {});
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.resume();
    const timer = setInterval(() => stream.writable && stream.write('a'), 40);
    await waitFor('the answer', () => status !== 0);
    clearInterval(timer);
    expect(status).toBe(408);
  });

  it('closes a connection that asks nothing, and not one that waits for an answer', async () => {
    const idle = session();
    await call(idle, { ':path': '/healthz' });
    const waiting = session();
    const stream = waiting.request({ ':path': `${base}/never`, 'x-api-key': secret });
    stream.on('error', () => {});
    await waitFor('the idle one’s end', () => idle.destroyed);
    expect(waiting.destroyed).toBe(false);
  });
});

/** A client of bytes: the preface and an empty SETTINGS, then whatever is written. */
function raw(): { socket: Socket; closed: () => boolean; bytes: () => Buffer } {
  const socket = netConnect(Number(new URL(world.url).port), '127.0.0.1');
  sessions.push(socket);
  let closed = false;
  let seen: Buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    seen = Buffer.concat([seen, data]);
  });
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(4, 0, 0, Buffer.alloc(0)));
  return { socket, closed: () => closed, bytes: () => seen };
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A literal header field without indexing (RFC 7541 §6.2.2). */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
const REQUEST = [
  field(':method', 'GET'),
  field(':scheme', 'http'),
  field(':path', '/healthz'),
  field(':authority', 'g'),
];

describe('bytes that are no HTTP/2', () => {
  it.each([
    ['a name with capitals (§8.2.1)', [...REQUEST, field('X-Loud', 'a')]],
    ['a header of the connection (§8.2.2)', [...REQUEST, field('connection', 'close')]],
    ['a transfer coding (§8.2.2)', [...REQUEST, field('transfer-encoding', 'chunked')]],
    ['te other than trailers (§8.2.2)', [...REQUEST, field('te', 'gzip')]],
    ['a pseudo-header after others (§8.3)', [field('a', 'b'), ...REQUEST]],
    ['an unknown pseudo-header (§8.3)', [...REQUEST, field(':odd', 'b')]],
    ['no path (§8.3.1)', REQUEST.slice(0, 2)],
  ])('is refused with a reset of its stream: %s', async (_what, fields) => {
    const { socket, bytes, closed } = raw();
    socket.write(frame(1, 0x05, 1, Buffer.concat(fields)));
    const reset = frame(3, 0, 1, Buffer.from([0, 0, 0, constants.NGHTTP2_PROTOCOL_ERROR]));
    await waitFor('the refusal', () => bytes().includes(reset) || closed());
    expect(bytes().includes(Buffer.from('"status":"ok"'))).toBe(false);
    expect((await call(session(), { ':path': '/healthz' })).status).toBe(200);
  });

  it('drops a field whose value HTTP forbids, before anybody reads it', async () => {
    const { socket } = raw();
    const asked = [
      field(':method', 'GET'),
      field(':scheme', 'http'),
      field(':path', `${base}/drop`),
      field(':authority', 'g'),
    ];
    socket.write(
      frame(1, 0x05, 1, Buffer.concat([...asked, field('x-api-key', secret), field('x-bad', 'a\r\nx-b: c')])),
    );
    const received = await waitFor('the call', () => backend.received.find(({ url }) => url === '/drop'));
    expect(Object.keys(received.headers).filter((name) => ['x-bad', 'x-b'].includes(name))).toEqual([]);
  });

  it('ends a flood of CONTINUATION frames', async () => {
    const { socket, closed } = raw();
    socket.write(frame(1, 0x01, 1, Buffer.concat(REQUEST)));
    const more = frame(9, 0, 1, field('x', 'y'));
    await waitFor('the end', () => {
      if (!closed()) for (let i = 0; i < 100; i++) socket.write(more);
      return closed();
    });
    expect(closed()).toBe(true);
  });

  it('closes what only begins like HTTP/2', async () => {
    const socket = netConnect(Number(new URL(world.url).port), '127.0.0.1');
    sessions.push(socket);
    let closed = false;
    socket
      .on('error', () => {})
      .on('close', () => {
        closed = true;
      });
    socket.resume().write('PRI * HTTP/3.0\r\n\r\nhello\r\n\r\n');
    await waitFor('the end', () => closed);
    expect(closed).toBe(true);
  });
});

describe('a node that shuts down', () => {
  it('lets calls over HTTP/2 end, and takes no new ones', async () => {
    const other = await openWorld({ drainMs: 5000 });
    let release = (): void => {};
    backend.behave((_, response) => {
      release = () => sendJson(response, 200, { late: true });
    });
    const on = session(other.url);
    const before = backend.received.length;
    const answer = call(on, { ':path': `${base}/late` });
    await waitFor('the call', () => backend.received.length > before);
    const closing = other.close();
    await waitFor('the farewell', () => on.closed);
    release();
    expect((await answer).status).toBe(200);
    await closing;
    expect(other.events()).toHaveLength(1);
  });
});
