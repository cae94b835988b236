import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import { type Seen, watchCall } from '../../watch-call.ts';
import { GEMINI_FAULTS } from './format.ts';

/** Every fault as Gemini would show it, seen from a plain HTTP client: whole, as events and as a growing array. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const VERBS = { whole: 'generateContent', events: 'streamGenerateContent?alt=sse', array: 'streamGenerateContent' };
const STREAMS = ['events', 'array'] as const;

const call = (fault: string, how: keyof typeof VERBS, rest: object = {}, patienceMs = 5_000): Promise<Seen> =>
  watchCall(
    `${simulator.url}/v1beta/models/sim-small:${VERBS[how]}`,
    { 'x-goog-api-key': 'sim-test', 'x-simulate': fault },
    { contents: [{ role: 'user', parts: [{ text: 'Tell me about tides — é' }] }], ...rest },
    patienceMs,
  );

const withTools = {
  contents: [{ role: 'user', parts: [{ text: 'Weather in Rome' }] }],
  tools: [
    {
      functionDeclarations: [
        {
          name: 'get_weather',
          parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] },
        },
      ],
    },
  ],
};

interface Chunk {
  readonly candidates?: {
    content: { parts?: { text?: string; functionCall?: { id?: string; args: object } }[] };
    finishReason?: string;
  }[];
  readonly promptFeedback?: { blockReason: string };
  readonly usageMetadata?: { candidatesTokenCount: number; cachedContentTokenCount?: number };
  readonly error?: { code: number; status: string };
}

/** The chunks of a stream that arrived whole; an array that was not closed is closed here. */
function chunks(seen: Seen): Chunk[] {
  if (seen.text.startsWith('[')) return JSON.parse(seen.text.endsWith(']') ? seen.text : `${seen.text}]`);
  return seen.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)));
}
const whole = (seen: Seen): Chunk => JSON.parse(seen.text);
const ends = (seen: Seen): string[] =>
  chunks(seen).flatMap((chunk) => chunk.candidates?.flatMap(({ finishReason }) => finishReason ?? []) ?? []);

async function refusal(fault: string, status: number, name: string): Promise<Seen> {
  const seen = await call(fault, 'events');
  expect(seen.status).toBe(status);
  expect(whole(seen).error).toMatchObject({ status: name, message: expect.stringContaining('simulated by Parley') });
  const array = await call(fault, 'array');
  expect(JSON.parse(array.text)).toMatchObject([{ error: { status: name } }]);
  return seen;
}

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof GEMINI_FAULTS)[number], () => Promise<unknown>> = {
  hang: () => expect(call('hang', 'events', {}, 300)).rejects.toThrow(/abort/i),
  reset: () => expect(call('reset', 'whole')).rejects.toThrow(/other side closed|ECONNRESET|socket/i),
  async latency() {
    expect((await call('latency ms=150', 'events')).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    const seen = await call('slow-first-byte ms=200', 'array');
    expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
    expect(ends(seen)).toEqual(['STOP']);
  },
  async 'slow-tokens'() {
    const seen = await call('slow-tokens ms=3', 'events');
    expect(seen.totalMs).toBeGreaterThanOrEqual(3 * chunks(seen).length * 0.9);
  },
  async stall() {
    for (const how of STREAMS) {
      const seen = await call('stall after=4', how, {}, 500);
      expect([chunks(seen).length, seen.broken]).toEqual([4, true]);
    }
  },
  async cut() {
    for (const how of STREAMS) {
      const seen = await call('cut after=4', how);
      expect([chunks(seen).length, seen.broken, ends(seen)]).toEqual([4, true, []]);
    }
    expect((await call('cut', 'whole')).broken).toBe(true);
  },
  async truncate() {
    for (const how of STREAMS) {
      const seen = await call('truncate after=4', how);
      expect([chunks(seen).length, seen.broken, ends(seen)]).toEqual([4, false, []]);
    }
  },
  async 'no-done'() {
    expect(ends(await call('no-done', 'events'))).toEqual(['STOP']);
    const { text } = await call('no-done', 'array');
    expect(text.endsWith('}')).toBe(true);
  },
  async malformed() {
    const lines = (await call('malformed after=2', 'events')).text.split('\r\n').filter((line) => line !== '');
    expect(() => JSON.parse(lines[2]?.slice(6) ?? '')).toThrow(SyntaxError);
    expect(() => JSON.parse(lines[3]?.slice(6) ?? '')).not.toThrow();
    for (const how of ['array', 'whole'] as const) {
      const { text } = await call('malformed', how);
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
    }
  },
  async 'error-in-stream'() {
    for (const how of STREAMS) {
      const seen = await call('error-in-stream after=3', how);
      expect(chunks(seen).at(-1)?.error).toMatchObject({ code: 503, status: 'UNAVAILABLE' });
      expect([chunks(seen).length, seen.broken, ends(seen)]).toEqual([4, false, []]);
    }
    expect(chunks(await call('error-in-stream after=0', 'array'))).toHaveLength(1);
  },
  async 'split-bytes'() {
    for (const how of STREAMS) {
      const seen = await call('split-bytes', how);
      expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(3);
      expect(ends(seen)).toEqual(['STOP']);
    }
  },
  async 'split-at'() {
    for (const how of STREAMS) {
      const seen = await call('split-at byte=41', how);
      expect(seen.pieces.map((_, at) => Buffer.concat(seen.pieces.slice(0, at + 1)).length)).toContain(41);
      expect(ends(seen)).toEqual(['STOP']);
    }
  },
  async 'one-write'() {
    for (const how of STREAMS) {
      const seen = await call('one-write', how);
      expect(seen.pieces).toHaveLength(1);
      expect(ends(seen)).toEqual(['STOP']);
    }
  },
  async comments() {
    const seen = await call('comments', 'events');
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\ndata: /);
    expect(ends(seen)).toEqual(['STOP']);
    expect((await call('comments', 'array')).text).toMatch(/^\[\{/);
  },
  '401': () => refusal('401', 400, 'INVALID_ARGUMENT'),
  async '429'() {
    const seen = await refusal('429 retry-after=7', 429, 'RESOURCE_EXHAUSTED');
    expect(seen.text).toContain('"retryDelay": "7s"');
    expect(seen.headers['retry-after']).toBeUndefined();
  },
  'insufficient-quota': () => refusal('insufficient-quota', 429, 'RESOURCE_EXHAUSTED'),
  '500': () => refusal('500', 500, 'INTERNAL'),
  '503': () => refusal('503', 503, 'UNAVAILABLE'),
  'error-in-200': () => refusal('error-in-200', 200, 'INTERNAL'),
  async html() {
    expect((await call('html', 'events')).headers['content-type']).toContain('text/html');
  },
  async 'json-for-stream'() {
    expect(whole(await call('json-for-stream', 'events')).candidates).toHaveLength(1);
  },
  async 'stream-for-json'() {
    expect(ends(await call('stream-for-json', 'whole'))).toEqual(['STOP']);
  },
  async 'empty-body'() {
    expect(await call('empty-body', 'events')).toMatchObject({ status: 200, text: '', broken: false });
  },
  async 'no-choices'() {
    expect(whole(await call('no-choices', 'whole'))).not.toHaveProperty('candidates');
    expect(chunks(await call('no-choices', 'events')).some((chunk) => chunk.candidates)).toBe(false);
  },
  async 'usage-missing'() {
    expect(whole(await call('usage-missing', 'whole'))).not.toHaveProperty('usageMetadata');
    expect(chunks(await call('usage-missing', 'array')).some((chunk) => chunk.usageMetadata)).toBe(false);
  },
  async 'cached-tokens'() {
    expect(whole(await call('cached-tokens count=5', 'whole')).usageMetadata?.cachedContentTokenCount).toBe(5);
  },
  async 'tool-arguments-empty'() {
    const parts = whole(await call('tool-arguments-empty', 'whole', withTools)).candidates?.[0]?.content.parts;
    expect(parts?.[0]?.functionCall?.args).toEqual({});
  },
  async refusal() {
    const [candidate] = whole(await call('refusal', 'whole')).candidates ?? [];
    expect(candidate?.finishReason).toBe('STOP');
    expect(candidate?.content.parts?.[0]?.text).toContain('I cannot help with that');
  },
  async 'content-filter'() {
    expect(ends(await call('content-filter after=2', 'events'))).toEqual(['SAFETY']);
    const answer = whole(await call('content-filter after=2', 'whole'));
    expect(answer.usageMetadata?.candidatesTokenCount).toBe(2);
    expect(answer.candidates?.[0]).toMatchObject({ finishReason: 'SAFETY', safetyRatings: [{ blocked: true }] });
  },
  async 'text-before-tools'() {
    const answer = whole(await call('text-before-tools', 'whole', withTools));
    expect(answer.candidates?.[0]?.content.parts?.map((part) => Object.keys(part))).toEqual([
      ['text'],
      ['functionCall'],
    ]);
    const last = chunks(await call('text-before-tools', 'events', withTools)).at(-1);
    expect(last?.usageMetadata).toEqual(answer.usageMetadata);
  },
  async 'prompt-blocked'() {
    const answer = whole(await call('prompt-blocked', 'whole'));
    expect(answer).not.toHaveProperty('candidates');
    expect(answer.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT');
    expect(chunks(await call('prompt-blocked', 'events'))).toEqual([answer]);
  },
  async 'malformed-call'() {
    const [candidate] = whole(await call('malformed-call', 'whole', withTools)).candidates ?? [];
    expect(candidate).toMatchObject({ finishReason: 'MALFORMED_FUNCTION_CALL', content: { role: 'model' } });
    expect(ends(await call('malformed-call', 'events', withTools))).toEqual(['MALFORMED_FUNCTION_CALL']);
  },
  async 'call-ids-missing'() {
    const idOf = async (fault: string) =>
      whole(await call(fault, 'whole', withTools)).candidates?.[0]?.content.parts?.[0]?.functionCall?.id;
    expect([typeof (await idOf('')), await idOf('call-ids-missing')]).toEqual(['string', undefined]);
  },
};

test.each(GEMINI_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
