import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.ts';
import { MalformedAnswerError } from './malformed-answer.ts';

interface Heard {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  /** `undefined` while the answer is not complete. */
  readonly keepMs: number | undefined;
  /** Bytes after the answer. */
  readonly rest: number;
  readonly malformed: boolean;
}

/** Gives pieces of an answer to a reader, then the end of the connection where `closes`. */
function read(pieces: readonly string[], { bodiless = false, closes = false } = {}): Heard {
  let status = 0;
  let headers: Record<string, unknown> = {};
  let body = '';
  let keepMs: number | undefined;
  const reader = new AnswerReader({
    onAnswerHead(given, fields) {
      expect(status).toBe(0);
      status = given;
      headers = { ...fields };
    },
    onAnswerData(chunk) {
      expect(status).not.toBe(0);
      expect(keepMs).toBeUndefined();
      body += chunk.toString('latin1');
    },
    onAnswerEnd(ms) {
      expect(keepMs).toBeUndefined();
      keepMs = ms;
    },
  });
  reader.begin(bodiless);
  let rest = 0;
  try {
    for (const piece of pieces) {
      // One buffer for all, as sockets have it: nothing may be kept of it.
      const buffer = Buffer.from(piece, 'latin1');
      rest += buffer.length - reader.read(buffer);
      buffer.fill(0x21);
    }
    if (closes) reader.end();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedAnswerError);
    return { status, headers, body, keepMs, rest, malformed: true };
  }
  return { status, headers, body, keepMs, rest, malformed: false };
}

const OK = 'HTTP/1.1 200 OK\r\n';

it('hands on chunks that are read together as one piece, also before what is malformed', () => {
  const pieces: string[] = [];
  const reader = new AnswerReader({
    onAnswerHead() {},
    onAnswerData: (chunk) => void pieces.push(chunk.toString()),
    onAnswerEnd: () => void pieces.push('end'),
  });
  const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;
  reader.begin(false);
  for (const text of [`${chunked}3\r\nabc\r\n1\r\nd\r\n4\r\nef`, 'gh\r\n2;x\r\nij\r\n', '1\r\nk\r\n0\r\n\r\n']) {
    reader.read(Buffer.from(text));
  }
  expect(pieces).toEqual(['abcdef', 'ghij', 'k', 'end']);
  reader.begin(false);
  const malformed = Buffer.from(`${chunked}1\r\nl\r\n2\r\nmn\r\nno size\r\n`);
  expect(() => reader.read(malformed)).toThrow(MalformedAnswerError);
  expect(pieces.at(-1)).toBe('lmn');
});

describe('an answer', () => {
  it('has its headers by name in lower case, repeated ones as a list, values without white space around', () => {
    const { headers, body, keepMs } = read([
      `${OK}Content-Length: 2\r\nX-A:  one \t\r\nx-a:two\r\nSet-Cookie: a=1\r\nEmpty:\r\nLatin: \xe9\r\n\r\nhi`,
    ]);
    expect(headers).toEqual({
      'content-length': '2',
      'x-a': ['one', 'two'],
      'set-cookie': ['a=1'],
      empty: '',
      latin: '\xe9',
    });
    expect([body, keepMs]).toEqual(['hi', 4000]);
  });

  it('may name headers like what every object has', () => {
    const { headers } = read([`${OK}constructor: a\r\n__proto__: b\r\ntoString: c\r\ncontent-length: 0\r\n\r\n`]);
    expect(Object.entries(headers).map(([name, value]) => `${name}=${String(value)}`)).toEqual([
      'constructor=a',
      '__proto__=b',
      'tostring=c',
      'content-length=0',
    ]);
  });

  it.each([
    ['a length', `${OK}content-length: 5\r\n\r\nabcde`, 'abcde'],
    [
      'chunks, extensions and trailers',
      `${OK}transfer-encoding: Chunked\r\n\r\n3;a="b c"\r\nabc\r\nA \t; x\r\n0123456789\r\n0\r\nx-t: 1\r\n\r\n`,
      'abc0123456789',
    ],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\na', 'a'],
    [
      'answers before it',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}content-length: 1\r\n\r\na`,
      'a',
    ],
    ['a 204 that has a length all the same', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', ''],
    ['a 304 with the length of what it confirms', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n', ''],
  ])('is complete with %s, and its connection goes on', (_what, text, body) => {
    expect(read([text])).toMatchObject({ body, keepMs: 4000, rest: 0, malformed: false });
  });

  it('to HEAD has no body, whatever its length says', () => {
    expect(read([`${OK}content-length: 9\r\n\r\n`], { bodiless: true })).toMatchObject({ body: '', keepMs: 4000 });
    expect(read([`${OK}transfer-encoding: chunked\r\n\r\n`], { bodiless: true })).toMatchObject({ keepMs: 4000 });
    expect(read([OK, '\r\n'], { bodiless: true })).toMatchObject({ keepMs: 4000 });
  });

  it('without a length ends with its connection, and only with it', () => {
    expect(read([`${OK}\r\nabc`, 'de'])).toMatchObject({ body: 'abcde', keepMs: undefined });
    expect(read([`${OK}\r\nabc`, 'de'], { closes: true })).toMatchObject({ body: 'abcde', keepMs: 0 });
  });

  it.each([
    ['in the middle of a length', `${OK}content-length: 5\r\n\r\nabcd`],
    ['before the last chunk', `${OK}transfer-encoding: chunked\r\n\r\n1\r\na\r\n`],
    ['before the end of the trailers', `${OK}transfer-encoding: chunked\r\n\r\n0\r\nx-a: 1\r\n`],
    ['in the head', `${OK}content-le`],
    ['after an answer before the answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('is not complete when the connection ends %s', (_what, text) => {
    expect(read([text], { closes: true }).keepMs).toBeUndefined();
  });

  it.each([
    ['connection: close', '1.1', 0],
    ['connection: Keep-Alive, Close', '1.1', 0],
    ['connection: upgrade', '1.1', 4000],
    ['keep-alive: timeout=5', '1.1', 3000],
    ['keep-alive: max=100, timeout=30', '1.1', 28_000],
    ['keep-alive: timeout=1', '1.1', 0],
    ['keep-alive: timeout=99999', '1.1', 60_000],
    ['keep-alive: xtimeout=9', '1.1', 4000],
    ['x: y', '1.0', 0],
    ['connection: keep-alive', '1.0', 4000],
  ])('with %s in HTTP/%s lets its connection wait %i ms', (header, version, ms) => {
    expect(read([`HTTP/${version} 200 OK\r\ncontent-length: 0\r\n${header}\r\n\r\n`]).keepMs).toBe(ms);
  });

  it('does not swallow what follows it', () => {
    expect(read([`${OK}content-length: 1\r\n\r\na${OK}`])).toMatchObject({ body: 'a', rest: OK.length });
    expect(read([`${OK}content-length: 0\r\n\r\nx`])).toMatchObject({ body: '', rest: 1 });
    expect(read([`${OK}transfer-encoding: chunked\r\n\r\n0\r\n\r\nxy`])).toMatchObject({ rest: 2 });
    expect(read([`HTTP/1.1 304 x\r\n\r\nbody`])).toMatchObject({ body: '', rest: 4 });
  });
});

/** Each leaves open where the answer ends or what it is, or is none. */
const MALFORMED: readonly (readonly [what: string, text: string])[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
  ['HTTP/0.9', '<html></html>'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['lower case', 'http/1.1 200 OK\r\n\r\n'],
  ['no space before the status', 'HTTP/1.1200 OK\r\n\r\n'],
  ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status no class has', 'HTTP/1.1 600 OK\r\n\r\n'],
  ['an empty line before it', `\r\n${OK}\r\n`],
  ['a header without a colon', `${OK}abc\r\n\r\n`],
  ['a header without a name', `${OK}: abc\r\n\r\n`],
  ['white space before the colon', `${OK}content-length : 1\r\n\r\na`],
  ['white space before the first header', `${OK} x: y\r\n\r\n`],
  ['a folded line', `${OK}x: y\r\n z\r\n\r\n`],
  ['a line folded with a tab', `${OK}x: y\r\n\tz\r\n\r\n`],
  ['a bare CR in a value', `${OK}x: a\rb\r\n\r\n`],
  ['a bare LF in a value', `${OK}x: a\nb\r\n\r\n`],
  ['bare LF as line end', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['NUL', `${OK}x: a\0b\r\n\r\n`],
  ['a control character', `${OK}x: a\x7fb\r\n\r\n`],
  ['length and coding', `${OK}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two lengths', `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\na`],
  ['the same length twice', `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\na`],
  ['a list of lengths', `${OK}content-length: 1, 1\r\n\r\na`],
  ['a signed length', `${OK}content-length: +1\r\n\r\na`],
  ['a negative length', `${OK}content-length: -1\r\n\r\na`],
  ['a length in hex', `${OK}content-length: 0x1\r\n\r\na`],
  ['no length', `${OK}content-length:\r\n\r\na`],
  ['a length beyond all numbers', `${OK}content-length: 9999999999999999999\r\n\r\na`],
  ['another coding', `${OK}transfer-encoding: gzip\r\n\r\na`],
  ['codings in a row', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunked twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['an unasked-for switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
  ['answers before the answer without end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(33)],
  ['a head without end', `${OK}${'x: y\r\n'.repeat(4000)}`],
  ['a head too large', `${OK}x: ${'y'.repeat(17_000)}\r\n\r\n`],
  ...[
    ['a chunk without a size', '\r\nabc\r\n'],
    ['a signed chunk size', '+1\r\na\r\n0\r\n\r\n'],
    ['a chunk size with 0x', '0x1\r\na\r\n0\r\n\r\n'],
    ['white space after a chunk size', '1 \r\na\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', `${'f'.repeat(17)}\r\na`],
    ['a chunk longer than its size', '1\r\nab\r\n0\r\n\r\n'],
    ['a chunk without its end', '1\r\na0\r\n\r\n'],
    ['a chunk that ends in CR', '1\r\na\r0\r\n\r\n'],
    ['bare LF after the size', '1\na\r\n0\r\n\r\n'],
    ['bare LF after the data', '1\r\na\n0\r\n\r\n'],
    ['a bare CR in an extension', '1;a\rb\r\na\r\n0\r\n\r\n'],
    ['NUL in an extension', '1;a\0\r\na\r\n0\r\n\r\n'],
    ['an extension without end', `1;${'a'.repeat(2000)}`],
    ['a folded trailer', '0\r\nx: y\r\n z\r\n\r\n'],
    ['a trailer without a colon', '0\r\nxy\r\n\r\n'],
    ['trailers without end', `0\r\n${'x: y\r\n'.repeat(4000)}`],
  ].map(([what = '', body = '']) => [what, `${OK}transfer-encoding: chunked\r\n\r\n${body}`] as const),
];

describe('an answer is none with', () => {
  it.each(MALFORMED)('%s', (_what, text) => {
    expect(read([text]).malformed).toBe(true);
    expect(read(text.split('')).malformed).toBe(true);
  });
});

const token = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
  .filter((name) => !/^(content-length|transfer-encoding|connection|keep-alive)$/.test(name));
const value = fc.stringMatching(/^[!-~\xa0-\xff]([ -~\xa0-\xff]{0,20}[!-~\xa0-\xff])?$/);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'));

/** Any well-formed answer, with the body it carries. */
const answer = fc
  .record({
    status: fc.constantFrom(200, 201, 404, 503),
    fields: fc.array(fc.tuple(token, value), { maxLength: 6 }),
    pieces: fc.array(
      bytes.filter((piece) => piece !== ''),
      { maxLength: 5 },
    ),
    framing: fc.constantFrom('length', 'chunked', 'close'),
    interim: fc.boolean(),
  })
  .map(({ status, fields, pieces, framing, interim }) => {
    const body = pieces.join('');
    const framed = {
      length: `content-length: ${body.length}\r\n\r\n${body}`,
      chunked: `transfer-encoding: chunked\r\n\r\n${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`,
      close: `\r\n${body}`,
    }[framing];
    const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`).join('');
    const before = interim ? 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n' : '';
    return { status, body, closes: framing === 'close', text: `${before}HTTP/1.1 ${status} Fine\r\n${lines}${framed}` };
  });

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length)).filter((piece) => piece !== '');
}

describe('whatever comes', () => {
  it('an answer is the same however its bytes are cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(), { maxLength: 12 }), ({ text, status, body, closes }, places) => {
        const whole = read([text], { closes });
        expect(whole).toMatchObject({ status, body, malformed: false, rest: 0 });
        expect(whole.keepMs).toBeDefined();
        expect(read(cut(text, places), { closes })).toEqual(whole);
        expect(read(text.split(''), { closes })).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  it('a damaged answer is judged the same however its bytes are cut, and never read beyond its end', () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '\r', '\n', '\r\n', '\0', ' ', '\t', ':', '0', 'f', ';', '\x80', 'HTTP/1.1 '),
    );
    fc.assert(
      fc.property(
        answer,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (good, hits, places) => {
          let text = good.text;
          for (const [place, put] of hits) {
            const at = place % text.length;
            text = text.slice(0, at) + put + text.slice(at + (put === '' ? 1 : place % 2));
          }
          const whole = read([text], { closes: true });
          const pieces = read(cut(text, places), { closes: true });
          expect([pieces.malformed, pieces.keepMs]).toEqual([whole.malformed, whole.keepMs]);
          if (!whole.malformed) expect(pieces).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random bytes neither throw anything else nor are taken for an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(read([Buffer.from(noise).toString('latin1')]).status).toBe(0);
      }),
    );
  });
});
