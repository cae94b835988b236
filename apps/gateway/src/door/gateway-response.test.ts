import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayResponse } from './gateway-response.ts';

type Answering = Pick<Server, 'address' | 'closeAllConnections'> & { close(): unknown };
let server: Answering;
let plain: Answering;
let status = 200;
let headers: readonly string[] = [];
let body = '';
let idleSeconds = 65;

beforeAll(async () => {
  const ours = createServer({ ServerResponse: GatewayResponse, keepAliveTimeout: 0 }, (_request, response) => {
    response.idleSeconds = idleSeconds;
    answer(response);
  });
  const nodes = createServer({ keepAliveTimeout: 65_000 }, (_request, response) => answer(response));
  for (const one of [ours, nodes]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', () => resolve()));
  server = ours;
  plain = nodes;
});
afterAll(() => {
  for (const one of [server, plain]) {
    one.closeAllConnections();
    one.close();
  }
});
beforeEach(() => {
  status = 200;
  headers = ['content-type', 'text/plain', 'content-length', '2'];
  body = 'ok';
  idleSeconds = 65;
});

function answer(response: ServerResponse): void {
  try {
    response.writeHead(status, [...headers]);
    response.end(body, 'latin1');
  } catch (error) {
    response.statusMessage = '';
    response.writeHead(500, ['content-length', '0', 'x-code', (error as { code: string }).code]);
    response.end();
  }
}

/** The request as the last of its connection. */
function last(request: string): string {
  return request.replace('connection: keep-alive\r\n', '').replace('\r\n', '\r\nconnection: close\r\n');
}

/** What a server says to a request, two times over one connection, without its date. */
async function say(one: Answering, request: string): Promise<string> {
  const { port } = one.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request + last(request)));
    socket.on('data', (data) => {
      said += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said.replace(/^date: .*$/gim, 'Date: now')));
  });
}

/** Its lines but for their order and case, which mean nothing (RFC 9110 §5.3 leaves one-of-a-kind headers free). */
function lines(said: string): string[] {
  return said.toLowerCase().split('\r\n').sort();
}

const GET = 'GET / HTTP/1.1\r\nhost: g\r\n\r\n';

describe('a GatewayResponse', () => {
  it.each([
    ['a body of known length', () => {}, GET],
    ['a Date of the upstream', () => (headers = [...headers, 'date', 'Thu, 01 Jan 1970 00:00:00 GMT']), GET],
    ['a header several times', () => (headers = [...headers, 'set-cookie', 'a=1', 'set-cookie', 'b=2']), GET],
    ['Latin-1 in a value', () => (headers = [...headers, 'x-name', 'caf\xe9']), GET],
    ['names in upper case', () => (headers = ['Content-Length', '2']), GET],
    ['no length', () => (headers = ['x', 'y']), GET],
    ['a status without a name', () => (status = 299), GET],
    ['204', () => ((status = 204), (body = ''), (headers = [])), GET],
    ['304', () => ((status = 304), (body = '')), GET],
    ['the end of its connection', () => (headers = [...headers, 'connection', 'close']), GET],
    ['HEAD', () => (body = ''), GET.replace('GET', 'HEAD')],
    ['HTTP/1.0', () => {}, GET.replace('1.1', '1.0')],
    ['HTTP/1.0 that wants to go on', () => {}, 'GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n'],
    ['CRLF in a value', () => (headers = [...headers, 'x', 'a\r\nevil: 1']), GET],
    ['a character beyond Latin-1', () => (headers = [...headers, 'x', '\u010a']), GET],
    ['a name that is no token', () => (headers = [...headers, 'x y', 'a']), GET],
  ])('with %s says what Node says', async (_what, change, request) => {
    change();
    const expected = lines(await say(plain, request));
    const said = lines(await say(server, request));
    // An answer of HTTP/1.0 that goes on carries no hint of how long.
    expect(said).toEqual(
      request.includes('1.0') ? expected.filter((line) => !line.startsWith('keep-alive')) : expected,
    );
  });

  it('leaves everything to Node where it is not told how long its connection may wait', async () => {
    idleSeconds = -1;
    const expected = lines(await say(plain, GET)).filter((line) => !line.startsWith('keep-alive'));
    expect(lines(await say(server, GET))).toEqual(expected);
  });

  it('never has more lines than headers, whatever is put into them', async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\r\n', 'a\nb', '\u010d\u010a'));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, value) => {
        headers = ['content-length', '2', name, value];
        const [first = ''] = (await say(server, GET)).split('\r\n\r\n');
        expect(first.split('\r\n').length).toBeLessThanOrEqual(6);
        expect(first.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: 60 },
    );
  });
});
