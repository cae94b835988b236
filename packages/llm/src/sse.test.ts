import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseOverflowError, SseSplitter, sseEvent } from './sse.ts';

function read(chunks: readonly Buffer[], maxEventChars?: number): string[] {
  const seen: string[] = [];
  const splitter = new SseSplitter(
    {
      onEvent: (name, data) => seen.push(`event ${name}=${data}`),
      onComment: (text) => seen.push(`comment ${text}`),
    },
    maxEventChars,
  );
  for (const chunk of chunks) splitter.feed(chunk);
  splitter.end();
  return seen;
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

const line = fc.constantFrom(
  'data: héllo 😀',
  'data:x',
  'data:  two',
  'event: delta',
  ': ping',
  'id: 7',
  'retry: 5',
  'odd',
  '',
);
const ending = fc.constantFrom('\n', '\r\n', '\r');

describe('SseSplitter', () => {
  it('gives the same events for any chunking, also within UTF-8 sequences and between CR and LF', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(line, ending)), fc.array(fc.nat(400)), (lines, places) => {
        const bytes = Buffer.from(lines.map((parts) => parts.join('')).join(''));
        expect(read(cut(bytes, places))).toEqual(read([bytes]));
        expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(read([bytes]));
      }),
    );
  });

  it('reads the same events whatever line ending a server uses', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const [lf, crlf, cr] = ['\n', '\r\n', '\r'].map((end) =>
          read([Buffer.from(lines.map((l) => l + end).join(''))]),
        );
        expect(crlf).toEqual(lf);
        expect(cr).toEqual(lf);
      }),
    );
  });

  it('joins data lines, drops one leading space, keeps comments in order and skips events without data', () => {
    const text = '\ufeffdata: a\ndata:b\n\n: OPENROUTER PROCESSING\nevent: lonely\n\nevent: named\ndata:  c\n\n';
    expect(read([Buffer.from(text)])).toEqual(['event =a\nb', 'comment  OPENROUTER PROCESSING', 'event named= c']);
  });

  it('delivers a last event whose blank line never came', () => {
    expect(read([Buffer.from('data: [DONE]')])).toEqual(['event =[DONE]']);
  });

  it('refuses an event without end instead of keeping it', () => {
    expect(() => read([Buffer.from(`data: ${'x'.repeat(200)}`)], 100)).toThrow(SseOverflowError);
    expect(() => read([Buffer.from('data: 12345678\n'.repeat(20))], 100)).toThrow(SseOverflowError);
  });

  it('reads back what sseEvent writes', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[\r]/.test(text)),
        (data) => {
          expect(read([Buffer.from(sseEvent('done', data))])).toEqual([`event done=${data}`]);
        },
      ),
    );
  });
});
