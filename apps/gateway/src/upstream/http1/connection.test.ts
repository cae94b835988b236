import type { IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { waitFor } from '@parley/testkit/wait-for';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressCheck } from '../addresses.ts';
import { failureCode, isLostConnection } from '../failure.ts';
import { ConnectionPool } from '../pool.ts';
import { ask, readText } from './ask.ts';
import type { Call, Connection } from './connection.ts';
import type { Outgoing } from './request-head.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let server: Server;
let pool: ConnectionPool;
let sockets: Socket[] = [];
/** What each connection received, in the order they came. */
let received: string[] = [];
/** What the server does with what it gets; `said` is all of the connection so far. */
let answer: (socket: Socket, said: string, piece: string) => void;

beforeEach(async () => {
  sockets = [];
  received = [];
  answer = (socket) => socket.write(OK);
  server = createServer((socket) => {
    const at = sockets.push(socket) - 1;
    received[at] = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received[at] += data.toString('latin1');
      answer(socket, received[at] ?? '', data.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pool = new ConnectionPool(origin, { check: addressCheck(['127.0.0.0/8']), connectMs: 2000 });
});
afterEach(async () => {
  pool.destroy();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A call that keeps what it hears. */
class TestCall implements Call {
  connection: Connection | null = null;
  readonly outgoing: Outgoing;
  readonly heard: string[] = [];
  status = 0;
  body = '';
  bytes = 0;
  error: Error | null = null;
  over = false;
  onFirstData = (): void => {};

  constructor(more: Partial<Outgoing> = {}) {
    this.outgoing = { method: 'GET', path: '/', headers: [], body: null, ...more };
  }

  onStart(): void {
    this.heard.push('start');
  }
  onSent(): void {
    this.heard.push('sent');
  }
  onHead(status: number, _headers: IncomingHttpHeaders): void {
    this.heard.push('head');
    this.status = status;
  }
  onData(chunk: Buffer): void {
    if (this.bytes === 0) this.onFirstData();
    this.bytes += chunk.length;
    if (this.bytes < 1000) this.body += chunk.toString();
  }
  onEnd(): void {
    this.heard.push('end');
    this.over = true;
  }
  onError(error: Error): void {
    this.heard.push('error');
    this.error = error;
    this.over = true;
  }
}

function run(call: TestCall): TestCall {
  pool.run(call);
  return call;
}

async function finished(call: TestCall): Promise<TestCall> {
  await waitFor('the end of the call', () => call.over);
  return call;
}

const get = (more: Partial<Outgoing> = {}): Promise<TestCall> => finished(run(new TestCall(more)));

describe('a connection', () => {
  it('carries one call after the other', async () => {
    for (let i = 0; i < 3; i++) expect(await get()).toMatchObject({ status: 200, body: 'ok', error: null });
    expect(sockets).toHaveLength(1);
    expect(await get()).toMatchObject({ heard: ['start', 'sent', 'head', 'end'] });
  });

  it('carries one call at a time: no second request leaves before the first is answered', async () => {
    const held: Socket[] = [];
    answer = (socket) => held.push(socket);
    const calls = [run(new TestCall()), run(new TestCall())];
    await waitFor('both requests', () => held.length === 2);
    expect(sockets).toHaveLength(2);
    expect(received.map((text) => text.split('GET ').length - 1)).toEqual([1, 1]);
    for (const socket of held) socket.write(OK);
    for (const call of calls) expect(await finished(call)).toMatchObject({ body: 'ok' });
  });

  it('sends head and body in one piece', async () => {
    const pieces: string[] = [];
    answer = (socket, _said, piece) => {
      pieces.push(piece);
      socket.write(OK);
    };
    await get({ method: 'POST', body: Buffer.from([0, 255, 10]) });
    await get({ method: 'POST', body: 'grüß' });
    expect(pieces.map((piece) => piece.slice(piece.indexOf('\r\n\r\n') + 4))).toEqual([
      '\0\xff\n',
      'gr\xc3\xbc\xc3\x9f',
    ]);
    expect(pieces[1]).toContain('content-length: 6\r\n');
  });

  it.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['bytes that nobody asked for after the answer', `${OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
    [
      'a keep-alive time that is as good as over',
      'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok',
    ],
  ])('is not used again after %s', async (_what, text) => {
    answer = (socket) => socket.write(text);
    expect(await get()).toMatchObject({ body: 'ok', error: null });
    expect(await get()).toMatchObject({ body: 'ok', error: null });
    expect(sockets).toHaveLength(2);
  });

  it('is not used again when the upstream says something between two calls, or closes', async () => {
    for (const disturb of [(socket: Socket) => socket.write(OK), (socket: Socket) => socket.end()]) {
      await get();
      const { length } = sockets;
      disturb(sockets.at(-1) as Socket);
      await waitFor('the connection to be given up', () => sockets.at(-1)?.destroyed || sockets.at(-1)?.readableEnded);
      answer = (socket) => socket.write(OK.replace('ok', 'no'));
      expect(await get()).toMatchObject({ body: 'no', error: null });
      expect(sockets).toHaveLength(length + 1);
      answer = (socket) => socket.write(OK);
    }
  });

  it('whose end arrives in the same turn as its next call gives the call to another one, also a POST', async () => {
    for (let i = 0; i < 20; i++) {
      await get();
      const call = new TestCall({ method: 'POST', body: 'x' });
      // The server's close and our next call meet in one turn of the event loop.
      (sockets.at(-1) as Socket).destroy();
      setImmediate(() => run(call));
      expect(await finished(call)).toMatchObject({ body: 'ok', error: null });
    }
  });

  it('is closed once it was free for as long as it may', async () => {
    await get();
    pool.trim(performance.now() + 3000);
    expect(pool.idle).toBe(true);
    await get();
    expect(sockets).toHaveLength(1);
    pool.trim(performance.now() + 5000);
    await waitFor('the connection to close', () => sockets[0]?.readableEnded || sockets[0]?.destroyed);
    await get();
    expect(sockets).toHaveLength(2);
  });
});

describe('a call fails', () => {
  it.each([
    ['before its answer', '', 'upstream_unreachable', true],
    ['in the middle of a length', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab', 'upstream_unreachable', true],
    [
      'before the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n',
      'upstream_unreachable',
      true,
    ],
  ])('when the connection ends %s', async (_what, text, code, lost) => {
    for (const close of ['end', 'resetAndDestroy'] as const) {
      answer = (socket) => socket.write(text, () => setImmediate(() => socket[close]()));
      const { error } = await get();
      expect([failureCode(error), isLostConnection(error)]).toEqual([code, lost]);
    }
  });

  it('when the answer is malformed, and the connection is closed', async () => {
    answer = (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
    const { error, heard } = await get();
    expect(failureCode(error)).toBe('upstream_invalid');
    expect(heard).toEqual(['start', 'sent', 'error']);
    await waitFor('the connection to close', () => sockets[0]?.readableEnded || sockets[0]?.destroyed);
    expect(pool.idle).toBe(true);
  });

  it('when its own head cannot be sent; nothing of it leaves', async () => {
    const { error } = await get({ headers: ['x', 'a\r\nb: c'] });
    expect(failureCode(error)).toBe('upstream_invalid');
    expect(received.join('')).toBe('');
  });

  it('when nobody listens there', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { error, heard } = await get();
    expect([failureCode(error), heard]).toEqual(['upstream_unreachable', ['error']]);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await get()).toMatchObject({ body: 'ok' });
  });

  it('when the pool closes; a call in line too', async () => {
    answer = () => {};
    const call = run(new TestCall());
    await waitFor('the request', () => received[0] !== undefined && received[0] !== '');
    pool.destroy();
    expect((await finished(call)).error).not.toBeNull();
  });

  it('but hears nothing when it is aborted: connecting, waiting for its turn, and under way', async () => {
    const connecting = run(new TestCall());
    connecting.connection?.abort();
    await get();
    const next = run(new TestCall());
    next.connection?.abort();
    answer = () => {};
    const underWay = run(new TestCall());
    await waitFor('the request', () => underWay.heard.includes('sent'));
    underWay.connection?.abort();
    answer = (socket) => socket.write(OK);
    expect(await get()).toMatchObject({ body: 'ok' });
    expect([connecting.heard, next.heard, underWay.heard]).toEqual([[], [], ['start', 'sent']]);
    expect(pool.idle).toBe(true);
  });
});

describe('an answer', () => {
  it('without a length is complete when the connection ends', async () => {
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect(await get()).toMatchObject({ body: 'all of it', error: null });
  });

  it('to HEAD and a 204 have no body, and the connection goes on', async () => {
    answer = (socket, _said, piece) =>
      socket.write(
        piece.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n' : 'HTTP/1.1 204 No Content\r\n\r\n',
      );
    expect(await get({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await get()).toMatchObject({ status: 204, body: '' });
    expect(sockets).toHaveLength(1);
  });

  it('is not read while the call is paused, and goes on where it was', async () => {
    const size = 64 * 1024 * 1024;
    let written = 0;
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
      const fill = (): void => {
        while (written < size) {
          written += 65_536;
          if (!socket.write(Buffer.alloc(65_536))) return void socket.once('drain', fill);
        }
      };
      fill();
    };
    const call = new TestCall();
    call.onFirstData = () => call.connection?.pause();
    run(call);
    await waitFor('the first bytes', () => call.bytes > 0);
    let before = -1;
    await waitFor(
      'the upstream to be held up',
      () => {
        const still = before === written;
        before = written;
        return still;
      },
      { everyMs: 100 },
    );
    expect(written).toBeLessThan(size);
    const { bytes } = call;
    expect(bytes).toBeLessThanOrEqual(65_536);
    call.connection?.resume();
    await finished(call);
    expect(call.bytes).toBe(size);
  });

  it('that is complete while the call is paused leaves its connection reading', async () => {
    const call = new TestCall();
    call.onFirstData = () => call.connection?.pause();
    await finished(run(call));
    expect(await get()).toMatchObject({ body: 'ok' });
    expect(sockets).toHaveLength(1);
  });
});

describe('a request body from a stream', () => {
  const pieces = (...texts: string[]): Readable =>
    Readable.from(
      texts.map((text) => Buffer.from(text)),
      { objectMode: false },
    );
  const whenWhole = (end: string) => (socket: Socket, said: string) => {
    if (said.endsWith(end)) socket.write(OK);
  };

  it('goes in chunks when its length is not known, without empty ones', async () => {
    answer = whenWhole('0\r\n\r\n');
    await get({ method: 'POST', body: pieces('abc', '', 'de') });
    await get({ method: 'POST', body: pieces() });
    expect(received[0]).toMatch(/transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n/);
    expect(received[0]).toMatch(/chunked\r\n\r\n0\r\n\r\n$/);
    expect(sockets).toHaveLength(1);
  });

  it('goes as it is when its length was announced', async () => {
    answer = whenWhole('abcde');
    await get({ method: 'POST', body: pieces('abc', 'de'), headers: ['content-length', '5'] });
    expect(received[0]).toMatch(/content-length: 5\r\n\r\nabcde$/);
  });

  it.each([
    ['shorter', ['ab']],
    ['longer', ['abc', 'def']],
  ])('that is %s than announced breaks the connection', async (_what, texts) => {
    answer = () => {};
    const { error } = await get({ method: 'POST', body: pieces(...texts), headers: ['content-length', '5'] });
    expect(error).not.toBeNull();
    expect(received.join('')).not.toContain('abcdef');
    await waitFor('the connection to close', () => sockets[0]?.readableEnded || sockets[0]?.destroyed);
  });

  it('that fails before its first bytes was never there', async () => {
    const body = new Readable({ read() {} });
    const call = run(new TestCall({ method: 'POST', body }));
    await waitFor('the call to start', () => call.heard.includes('start'));
    body.destroy(new Error('the client left'));
    expect((await finished(call)).error?.message).toBe('the client left');
    expect(received.join('')).toBe('');
  });

  it('that is answered early is let go, and its connection with it', async () => {
    answer = (socket) => socket.write(OK);
    const body = new Readable({ read() {} });
    body.push('some');
    expect(await get({ method: 'POST', body })).toMatchObject({ body: 'ok', error: null });
    expect(body.destroyed).toBe(true);
    await get();
    expect(sockets).toHaveLength(2);
  });

  it('waits for an upstream that reads slowly', async () => {
    answer = () => {};
    let given = 0;
    const body = new Readable({
      highWaterMark: 65_536,
      read() {
        given += 65_536;
        this.push(given > 32 * 1024 * 1024 ? null : Buffer.alloc(65_536));
      },
    });
    const call = run(new TestCall({ method: 'POST', body }));
    await waitFor('a connection', () => sockets.length === 1);
    sockets[0]?.pause();
    let before = -1;
    await waitFor(
      'the body to be held up',
      () => {
        const still = before === given;
        before = given;
        return still;
      },
      { everyMs: 100 },
    );
    expect(given).toBeLessThan(32 * 1024 * 1024);
    answer = (socket, _said, piece) => {
      if (piece.endsWith('0\r\n\r\n')) socket.write(OK);
    };
    sockets[0]?.resume();
    expect(await finished(call)).toMatchObject({ body: 'ok', error: null });
  }, 20_000);
});

describe('ask', () => {
  const asked = (more: { signal?: AbortSignal } = {}) =>
    ask(pool, { method: 'GET', path: '/', headers: [], body: null, signal: new AbortController().signal, ...more });

  it('resolves with the head, and gives the body as a stream', async () => {
    const { status, headers, body } = await asked();
    expect([status, headers['content-length'], await readText(body)]).toEqual([200, '2', 'ok']);
    await asked().then(({ body: again }) => readText(again));
    expect(sockets).toHaveLength(1);
  });

  it('rejects a body larger than wanted, and one cut short', async () => {
    await expect(asked().then(({ body }) => readText(body, 1))).rejects.toThrow('more than 1 bytes');
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab');
    await expect(asked().then(({ body }) => readText(body))).rejects.toThrow();
  });

  it('is ended by its signal: before, while it waits, and in the middle of the body', async () => {
    await expect(asked({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    answer = () => {};
    const waiting = new AbortController();
    const never = asked({ signal: waiting.signal });
    await waitFor('the request', () => (received[0] ?? '') !== '');
    waiting.abort(new Error('while waiting'));
    await expect(never).rejects.toThrow('while waiting');
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab');
    const reading = new AbortController();
    const { body } = await asked({ signal: reading.signal });
    reading.abort(new Error('while reading'));
    await expect(readText(body)).rejects.toThrow('while reading');
  });
});
