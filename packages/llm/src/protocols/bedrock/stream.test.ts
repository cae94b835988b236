import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../neutral/collect.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { codec } from './codec.ts';

/** A message of AWS's event stream: headers of text, and others that are to be skipped. */
function frame(headers: Record<string, string>, payload: unknown): Buffer {
  const parts = Object.entries(headers).map(([name, value]) => {
    const [n, v] = [Buffer.from(name), Buffer.from(value)];
    const length = Buffer.alloc(2);
    length.writeUInt16BE(v.length);
    return Buffer.concat([Buffer.from([n.length]), n, Buffer.from([7]), length, v]);
  });
  // A header of each type without text: true, false, byte, short, integer, long, bytes, timestamp, UUID.
  const skipped = [[0], [1], [2, 1], [3, 0, 1], [4, 0, 0, 0, 1], [5, ...Array<number>(8).fill(0)], [6, 0, 2, 9, 9]];
  skipped.push([8, ...Array<number>(8).fill(0)], [9, ...Array<number>(16).fill(0)]);
  for (const [i, bytes] of skipped.entries()) parts.push(Buffer.from([1, 97 + i, ...bytes]));
  const head = Buffer.concat(parts);
  const body = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(JSON.stringify(payload));
  const out = Buffer.alloc(16 + head.length + body.length);
  out.writeUInt32BE(out.length, 0);
  out.writeUInt32BE(head.length, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  head.copy(out, 12);
  body.copy(out, 12 + head.length);
  out.writeUInt32BE(crc32(out.subarray(0, out.length - 4)), out.length - 4);
  return out;
}

const event = (type: string, payload: unknown): Buffer =>
  frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);
const delta = (contentBlockIndex: number, given: object): Buffer =>
  event('contentBlockDelta', { contentBlockIndex, delta: given });
const stop = (contentBlockIndex: number): Buffer => event('contentBlockStop', { contentBlockIndex });
const call = (contentBlockIndex: number, toolUseId: string, name: string): Buffer =>
  event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
const usage = {
  inputTokens: 5,
  outputTokens: 9,
  totalTokens: 20,
  cacheReadInputTokens: 4,
  cacheWriteInputTokens: 2,
  cacheDetails: [{ ttl: '1h', inputTokens: 1 }],
};

const golden = [
  event('messageStart', { role: 'assistant', p: 'abc' }),
  delta(0, { reasoningContent: { text: 'Hm' } }),
  delta(0, { reasoningContent: { text: '.' } }),
  delta(0, { reasoningContent: { signature: 'sig' } }),
  stop(0),
  delta(1, { reasoningContent: { redactedContent: 'cmVk' } }),
  stop(1),
  delta(2, { text: 'Grüße ' }),
  delta(2, { text: '😀' }),
  stop(2),
  call(3, 't1', 'f'),
  delta(3, { toolUse: { input: '{"a":' } }),
  delta(3, { toolUse: { input: '1}' } }),
  stop(3),
  call(4, 't2', 'g'),
  stop(4),
  event('messageStop', { stopReason: 'tool_use' }),
  event('metadata', { usage, metrics: { latencyMs: 1 } }),
];
const goldenAnswer = {
  id: null,
  model: null,
  choices: [
    {
      blocks: [
        { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
        { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'cmVk' } },
        { kind: 'text', text: 'Grüße 😀' },
        { kind: 'tool_call', id: 't1', name: 'f', text: '{"a":1}' },
        { kind: 'tool_call', id: 't2', name: 'g', text: '{}' },
      ],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
    },
  ],
  usage: {
    inputTokens: 11,
    cachedInputTokens: 4,
    cacheWriteInputTokens: 2,
    cacheWrite1hInputTokens: 1,
    outputTokens: 9,
    reasoningTokens: 0,
  },
};

function read(bytes: Buffer, places: readonly number[] = []): Collector {
  const collector = new Collector();
  const reader = codec.provider!.streamReader(collector, { model: 'm', maxOutputTokens: null, quirks: {} });
  const cuts = [...new Set(places.map((place) => place % Math.max(1, bytes.length)))].sort((a, b) => a - b);
  for (const [i, end] of [...cuts, bytes.length].entries()) reader.feed(bytes.subarray(cuts[i - 1] ?? 0, end));
  reader.end();
  return collector;
}
const readAll = (...frames: readonly Buffer[]): Collector => read(Buffer.concat(frames));

describe('reading ConverseStream', () => {
  it('gives the same answer for any chunking', () => {
    const bytes = Buffer.concat(golden);
    fc.assert(
      fc.property(fc.array(fc.nat(100_000)), (places) => {
        const collector = read(bytes, places);
        expect(collector.answer).toEqual(goldenAnswer);
        expect([collector.ended, collector.error]).toEqual([true, null]);
      }),
    );
    expect(
      read(
        bytes,
        Array.from({ length: bytes.length }, (_, i) => i),
      ).answer,
    ).toEqual(goldenAnswer);
  });

  it('is cut off without messageStop, or in the middle of a message', () => {
    for (let kept = 0; kept < golden.length - 2; kept++) {
      const collector = readAll(...golden.slice(0, kept));
      expect([collector.ended, collector.error]).toEqual([false, null]);
    }
    const bytes = Buffer.concat(golden);
    expect(read(bytes.subarray(0, bytes.length - 1)).ended).toBe(false);
  });

  it('waits for usage after messageStop, and does without it when the bytes end', () => {
    const collector = new Collector();
    const reader = codec.provider!.streamReader(collector, { model: 'm', maxOutputTokens: null, quirks: {} });
    for (const bytes of golden.slice(0, -1)) reader.feed(bytes);
    expect(collector.ended).toBe(false);
    reader.end();
    expect([collector.ended, collector.answer.usage]).toEqual([true, null]);
  });

  it.each([
    ['throttlingException', 'rate_limit', 429],
    ['serviceUnavailableException', 'overloaded', 503],
    ['internalServerException', 'server', 500],
    ['modelStreamErrorException', 'server', 502],
    ['modelTimeoutException', 'timeout', 504],
    ['constructor', 'server', 502],
  ])('fails on %s in the middle, and hears nothing after it', (name, kind, status) => {
    const bad = frame({ ':exception-type': name, ':message-type': 'exception' }, { message: 'no' });
    const collector = readAll(...golden.slice(0, 9), bad, ...golden.slice(9));
    expect(collector.ended).toBe(false);
    expect(collector.error).toMatchObject({ kind, status, message: 'no', type: name });
  });

  it('understands an input that is too long, and errors of the transport', () => {
    const long = frame(
      { ':exception-type': 'validationException', ':message-type': 'exception' },
      { message: 'Input is too long for requested model.' },
    );
    expect(readAll(long).error?.kind).toBe('context_window');
    const error = frame({ ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'sorry' }, '');
    expect(readAll(error).error).toMatchObject({ status: 502, message: 'sorry' });
  });

  it('fails where a byte is not as it was sent', () => {
    const bytes = Buffer.concat(golden.slice(0, 3));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const broken = Buffer.from(bytes);
        broken[at] = (broken[at] as number) ^ mask;
        const collector = read(broken);
        expect(collector.error?.status).toBe(502);
        expect(collector.ended).toBe(false);
      }),
    );
  });

  it('refuses a length beyond AWS’s own bounds at once', () => {
    const prelude = Buffer.alloc(12);
    prelude.writeUInt32BE(0x7fffffff, 0);
    prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
    expect(read(prelude).error?.status).toBe(502);
    expect(read(Buffer.from('<html>Bad Gateway</html>')).error?.status).toBe(502);
  });

  it('turns the tool that stands for the answer back into its text', () => {
    const collector = readAll(
      call(0, 't', OUTPUT_TOOL),
      delta(0, { toolUse: { input: '{"a":1}' } }),
      stop(0),
      event('messageStop', { stopReason: 'tool_use' }),
      event('metadata', {}),
    );
    expect(collector.answer.choices).toEqual([
      { blocks: [{ kind: 'text', text: '{"a":1}' }], finish: { reason: 'stop', raw: 'tool_use' } },
    ]);
  });

  it('says which stop sequence was met where the model tells', () => {
    const fields = { delta: { stop_sequence: 'END' } };
    const bytes = event('messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields: fields });
    expect(readAll(bytes, event('metadata', {})).answer.choices[0]?.finish).toMatchObject({
      reason: 'stop',
      stopSequence: 'END',
    });
  });

  it('crashes on nothing', () => {
    const anyFrame = fc
      .tuple(
        fc.constantFrom(
          'messageStart',
          'contentBlockStart',
          'contentBlockDelta',
          'contentBlockStop',
          'messageStop',
          'metadata',
          'x',
        ),
        fc.record({
          contentBlockIndex: fc.jsonValue(),
          start: fc.jsonValue(),
          delta: fc.jsonValue(),
          usage: fc.jsonValue(),
          stopReason: fc.jsonValue(),
        }),
      )
      .map(([type, payload]) => event(type, payload));
    fc.assert(
      fc.property(fc.array(anyFrame), fc.uint8Array(), (frames, tail) => {
        expect(read(Buffer.concat([...frames, tail])).answer.choices.length).toBeLessThan(2);
      }),
    );
  });
});
