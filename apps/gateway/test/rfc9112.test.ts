import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type RawAnswer, type Talk, talk } from './raw-http.ts';
import { type Behaviour, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** What RFC 9112 (messages of HTTP/1.1) and RFC 9110 §7.6 ask of a gateway's door, byte by byte. */
let world: World;
let backend: UpstreamServer;
let port: number;
let path: string;
let key: string;

/** Tells the body it got, with a length, so that the end of the answer is plain to see. */
const answer: Behaviour = (received, response) => {
  const body = JSON.stringify({ body: received.body.toString() });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
};

beforeAll(async () => {
  world = await openWorld();
  port = Number(new URL(world.url).port);
  backend = await startUpstream(answer);
  const pub = publisher(`wire-${newId().slice(-8)}`);
  const rest = restApi(pub, 'echo', upstream(pub, backend.url).id);
  const secret = apiKey();
  key = `x-api-key: ${secret.secret}\r\n`;
  path = `/${pub.doc.slug}/echo/v1/x`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [secret.entry]));
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave(answer);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const HOST = 'host: g.test\r\n';
const lastOf = ({ answers }: Talk): RawAnswer => answers.at(-1) ?? { status: 0, headers: {}, body: '' };
/** A request of a known caller: `line` is method, target and version; `{path}` stands for one that has a route. */
const request = (line: string, headers = HOST, body = ''): string =>
  `${line.replace('{path}', path)}\r\n${headers}${key}\r\n${body}`;
const post = (headers: string, body = ''): string => request('POST {path} HTTP/1.1', HOST + headers, body);
const chunked = (body: string): string => post('transfer-encoding: chunked\r\n', body);
const get = (headers: string): string => request('GET {path} HTTP/1.1', headers);

/** Each is answered with the status, the connection ends, and no upstream hears of it. */
const REFUSED: readonly (readonly [what: string, status: number, bytes: () => string])[] = [
  ['§3 a request line that is no HTTP', 400, () => 'hello\r\n\r\n'],
  ['§3 a target with a space in it', 400, () => request('GET /a b HTTP/1.1')],
  ['§3 a space after the version', 400, () => request('GET {path} HTTP/1.1 ')],
  ['§3 a tab in place of the space', 400, () => request('GET\t{path} HTTP/1.1')],
  ['§3 a method nobody knows', 501, () => request('FROB {path} HTTP/1.1')],
  ['§3.1 a method in lower case is another method', 501, () => request('get {path} HTTP/1.1')],
  ['§3 a target longer than anybody wishes to parse', 414, () => request(`GET /${'a'.repeat(20_000)} HTTP/1.1`)],
  ['§3.2 no Host in HTTP/1.1', 400, () => get('')],
  ['§3.2 two Hosts', 400, () => get('host: g.test\r\nhost: other.test\r\n')],
  ['§3.2 the same Host twice', 400, () => get(HOST + HOST)],
  ['§3.2 a Host with a space', 400, () => get('host: g.test other\r\n')],
  ['§3.2 a Host with a path', 400, () => get('host: g.test/x\r\n')],
  ['§3.2 a Host with user information', 400, () => get('host: me@g.test\r\n')],
  ['§3.2 a Host with a comma', 400, () => get('host: g.test, other.test, \r\n')],
  ['§3.2 a Host with a port that is none', 400, () => get('host: g.test:80x\r\n')],
  ['§3.2.1 a target without a slash', 400, () => request('GET x HTTP/1.1')],
  ['§3.2 a target with a fragment', 400, () => request('GET {path}#x HTTP/1.1')],
  ['§3.2.2 an absolute target of another scheme', 400, () => request('GET ftp://g.test{path} HTTP/1.1')],
  ['§3.2.2 an absolute target with user information', 400, () => request('GET http://me@g.test{path} HTTP/1.1')],
  ['§3.2.3 CONNECT', 501, () => request('CONNECT g.test:443 HTTP/1.1', 'host: g.test:443\r\n')],
  ['§3.2.4 an asterisk for another method', 400, () => request('GET * HTTP/1.1')],
  ['RFC 9110 §9.3.8 TRACE, which would show the upstream’s credential', 405, () => request('TRACE {path} HTTP/1.1')],
  ['§2.3 HTTP/2 without its preface', 505, () => request('GET {path} HTTP/2.0')],
  ['§2.3 HTTP/1.2, which there is not', 505, () => request('GET {path} HTTP/1.2')],
  ['§2.2 bare LF as line end', 400, () => get(HOST).replaceAll('\r\n', '\n')],
  ['§2.2 a bare CR in a header', 400, () => get(`${HOST}x-a: a\rb\r\n`)],
  ['§2.2 white space before the first header', 400, () => get(` ${HOST}`)],
  ['§5.1 a space before the colon', 400, () => get(`${HOST}x-a : b\r\n`)],
  ['§5.1 no field name', 400, () => get(`${HOST}: b\r\n`)],
  ['§5.1 a field name that is no token', 400, () => get(`${HOST}x(a: b\r\n`)],
  ['§5.2 obs-fold', 400, () => get(`${HOST}x-a: b\r\n c\r\n`)],
  ['RFC 9110 §5.5 NUL in a value', 400, () => get(`${HOST}x-a: b\0c\r\n`)],
  ['RFC 6585 §5 headers larger than 16 KB', 431, () => get(`${HOST}x-a: ${'b'.repeat(20_000)}\r\n`)],
  ['RFC 6585 §5 thousands of headers', 431, () => get(HOST + 'a: b\r\n'.repeat(4000))],
  [
    '§6.1 Content-Length with Transfer-Encoding',
    400,
    () => post('content-length: 3\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'),
  ],
  [
    '§6.1 Transfer-Encoding with Content-Length',
    400,
    () => post('transfer-encoding: chunked\r\ncontent-length: 3\r\n', '0\r\n\r\n'),
  ],
  ['§6.1 chunked is not last', 400, () => post('transfer-encoding: chunked, gzip\r\n', '0\r\n\r\n')],
  ['§6.1 chunked twice', 400, () => post('transfer-encoding: chunked, chunked\r\n', '0\r\n\r\n')],
  [
    '§6.1 chunked in two headers',
    400,
    () => post('transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'),
  ],
  ['§6.1 a coding nobody knows', 501, () => post('transfer-encoding: xchunked\r\n', '0\r\n\r\n')],
  ['§6.1 identity, which is gone', 501, () => post('transfer-encoding: identity\r\n')],
  ['§6.1 a coding that is not read here', 501, () => post('transfer-encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  ['§6.1 a vertical tab before chunked', 400, () => post('transfer-encoding: \x0bchunked\r\n', '0\r\n\r\n')],
  [
    '§6.1 Transfer-Encoding in HTTP/1.0',
    400,
    () => request('POST {path} HTTP/1.0', `${HOST}transfer-encoding: chunked\r\n`, '0\r\n\r\n'),
  ],
  ['§6.3 two lengths', 400, () => post('content-length: 3\r\ncontent-length: 4\r\n', 'abc')],
  ['§6.3 the same length twice', 400, () => post('content-length: 3\r\ncontent-length: 3\r\n', 'abc')],
  ['§6.3 a list of lengths', 400, () => post('content-length: 3, 4\r\n', 'abc')],
  ['§6.2 a signed length', 400, () => post('content-length: +3\r\n', 'abc')],
  ['§6.2 a negative length', 400, () => post('content-length: -3\r\n', 'abc')],
  ['§6.2 a length in hex', 400, () => post('content-length: 0x3\r\n', 'abc')],
  ['§6.2 a length beyond counting', 400, () => post(`content-length: ${'9'.repeat(30)}\r\n`, 'abc')],
  ['§6.2 an empty length', 400, () => post('content-length: \r\n')],
];

describe('the door refuses, closes and forwards nothing of', () => {
  it.each(REFUSED)('%s', async (_what, status, bytes) => {
    // Whatever stands behind the fault must not be taken for a request either.
    const said = await talk(port, bytes() + get(HOST));
    expect(said.answers.map((answer) => answer.status)).toEqual([status]);
    expect(said.closed).toBe(true);
    expect(lastOf(said).headers.connection).toBe('close');
    expect(JSON.parse(lastOf(said).body)).toMatchObject({ status, requestId: expect.any(String) });
    expect(backend.received).toEqual([]);
  });
});

describe('bodies in chunks (§7.1)', () => {
  const BROKEN: readonly (readonly [string, string])[] = [
    ['a size that is no number', 'zz\r\nabc\r\n0\r\n\r\n'],
    ['a size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
    ['a size with a space', '3 \r\nabc\r\n0\r\n\r\n'],
    ['a negative size', '-1\r\nabc\r\n0\r\n\r\n'],
    ['a size beyond 64 bits', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    ['more data than its size', '2\r\nabc\r\n0\r\n\r\n'],
    ['bare LF after the size', '3\nabc\r\n0\r\n\r\n'],
    ['bare LF after the data', '3\r\nabc\n0\r\n\r\n'],
    ['a bare CR in an extension', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
    ['bare LF in an extension', '3;a\nxx\r\nabc\r\n0\r\n\r\n'],
    ['bare LF in the trailer', '0\r\nx-a: b\nx-c: d\r\n\r\n'],
  ];

  it.each(BROKEN)('end the connection for %s, and the upstream never sees a whole request', async (_what, body) => {
    const said = await talk(port, chunked(body) + get(HOST));
    expect(said.closed).toBe(true);
    expect(said.answers.filter((answer) => answer.status < 400)).toEqual([]);
    expect(backend.received.filter((one) => !one.aborted)).toEqual([]);
  });

  it('are read with extensions and trailers, neither of which travels on', async () => {
    const said = await talk(
      port,
      chunked('3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nx-trailer: 1\r\nhost: evil.test\r\n\r\n'),
      1,
    );
    expect(lastOf(said).status).toBe(200);
    const [seen] = backend.received;
    expect(seen?.body.toString()).toBe('abcde');
    expect(seen?.headers['x-trailer']).toBeUndefined();
    expect(seen?.headers.host).toBe(new URL(backend.url).host);
  });
});

describe('the door takes', () => {
  it('§2.2 an empty line before the request', async () => {
    expect(lastOf(await talk(port, `\r\n${get(HOST)}`, 1)).status).toBe(200);
  });

  it('§3.2.2 an absolute target, whose authority replaces the Host', async () => {
    const said = await talk(port, request('GET http://other.test:8080{path}?a=1 HTTP/1.1'), 1);
    expect(lastOf(said).status).toBe(200);
    expect(backend.received[0]).toMatchObject({ url: '/x?a=1' });
    expect(backend.received[0]?.headers['x-forwarded-host']).toBe('other.test:8080');
  });

  it.each(['g.test', 'g.test:8080', '127.0.0.1:80', '[2001:db8::1]:443', ''])('§3.2 the Host “%s”', async (host) => {
    expect(lastOf(await talk(port, get(`host: ${host}\r\n`), 1)).status).toBe(200);
  });

  it('§3.2.4 `OPTIONS *`, answered by itself', async () => {
    const said = await talk(port, request('OPTIONS * HTTP/1.1'), 1);
    expect(lastOf(said)).toMatchObject({ status: 204, headers: { allow: expect.stringContaining('PATCH') } });
    expect(backend.received).toEqual([]);
  });

  it('§9.3 HTTP/1.0 without a Host, and closes after it', async () => {
    const said = await talk(port, request('GET {path} HTTP/1.0', ''));
    expect(lastOf(said).status).toBe(200);
    expect(said.closed).toBe(true);
  });

  it('§9.6 no request after `Connection: close`', async () => {
    const said = await talk(port, get(`${HOST}connection: close\r\n`) + get(HOST));
    expect(said.answers.map((answer) => answer.status)).toEqual([200]);
    expect(said.closed).toBe(true);
  });

  it('§9.3.2 several requests sent at once, answered in order', async () => {
    const said = await talk(
      port,
      ['one', 'two', 'three'].map((word) => post(`content-length: ${word.length}\r\n`, word)).join(''),
      3,
    );
    expect(said.answers.map((answer) => JSON.parse(answer.body).body)).toEqual(['one', 'two', 'three']);
  });

  it('§9.3.2 a good request before a bad one: its own answer first, and no other after it', async () => {
    backend.behave((received, response) => {
      setImmediate(() => void answer(received, response));
    });
    const said = await talk(port, `${post('content-length: 2\r\n', 'ok')}BAD\r\n\r\n`);
    expect(said.answers.map((one) => [one.status, JSON.parse(one.body).body])).toEqual([[200, 'ok']]);
    expect(said.closed).toBe(true);
  });

  it('RFC 9110 §9.3.1 a GET with a body, which does not become the next request', async () => {
    const said = await talk(port, get(`${HOST}content-length: 3\r\n`) + 'GET' + get(HOST), 2);
    expect(said.answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(backend.received.map((one) => one.body.toString()).sort()).toEqual(['', 'GET']);
  });
});

describe('what is meant for one hop ends here (RFC 9110 §7.6)', () => {
  it('drops hop-by-hop headers and all that Connection names, short names too', async () => {
    const hop =
      'connection: close, X-A\r\nx-a: 1\r\nkeep-alive: timeout=5\r\nproxy-connection: keep-alive\r\nte: trailers\r\n' +
      'trailer: x-sum\r\nupgrade: websocket, h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\nproxy-authorization: Basic abc\r\n';
    expect(lastOf(await talk(port, get(HOST + hop), 1)).status).toBe(200);
    const seen = backend.received[0]?.headers ?? {};
    for (const name of [
      'x-a',
      'te',
      'trailer',
      'upgrade',
      'http2-settings',
      'proxy-authorization',
      'proxy-connection',
    ]) {
      expect(seen[name], name).toBeUndefined();
    }
    expect(seen['keep-alive']).toBeUndefined();
    await talk(port, get(`${HOST}connection: x-b\r\nx-b: 1\r\nx-c: 2\r\n`), 1);
    expect(backend.received[1]?.headers['x-b']).toBeUndefined();
    expect(backend.received[1]?.headers['x-c']).toBe('2');
  });

  it('drops what the upstream’s Connection names', async () => {
    backend.behave((_, response) => {
      response.writeHead(200, {
        'content-length': 0,
        connection: 'close, x-inner',
        'x-inner': '1',
        'x-outer': '2',
        upgrade: 'h2c',
      });
      response.end();
    });
    const { headers } = lastOf(await talk(port, get(HOST), 1));
    expect(headers['x-inner']).toBeUndefined();
    expect(headers.upgrade).toBeUndefined();
    expect(headers['x-outer']).toBe('2');
    expect(headers.via).toBe('1.1 parley');
  });

  it('§10.1.1 invites the body of a caller that expects 100, and of HTTP/1.0 expects nothing', async () => {
    const body = 'expect: 100-continue\r\ncontent-length: 2\r\n';
    expect((await talk(port, post(body, 'ok'), 2)).answers.map((one) => one.status)).toEqual([100, 200]);
    const old = await talk(port, request('POST {path} HTTP/1.0', HOST + body, 'ok'));
    expect(old.answers.map((one) => one.status)).toEqual([200]);
    expect(backend.received.map((one) => one.headers.expect)).toEqual([undefined, undefined]);
  });

  it('§7.6.2 counts down Max-Forwards of OPTIONS and answers itself at 0', async () => {
    await talk(port, request('OPTIONS {path} HTTP/1.1', `${HOST}max-forwards: 3\r\n`), 1);
    expect(backend.received[0]?.headers['max-forwards']).toBe('2');
    expect(lastOf(await talk(port, request('OPTIONS {path} HTTP/1.1', `${HOST}max-forwards: 0\r\n`), 1)).status).toBe(
      204,
    );
    expect(backend.received).toHaveLength(1);
  });
});
