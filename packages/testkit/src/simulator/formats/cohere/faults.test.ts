import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import { type Seen, watchCall } from '../../watch-call.ts';
import { COHERE_FAULTS } from './format.ts';

/** Every fault in Cohere's manner, seen from a plain HTTP client. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const withTools = { tools: [TOOL], messages: [{ role: 'user', content: 'Weather in Rome and Oslo' }] };

function call(fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> {
  const messages = [{ role: 'user', content: 'Tell me about tides — é' }];
  const headers = { authorization: 'Bearer sim-test', 'x-simulate': fault };
  return watchCall(`${simulator.url}/v2/chat`, headers, { model: 'sim-small', messages, stream, ...rest }, patienceMs);
}

const names = (seen: Seen): string[] => [...seen.text.matchAll(/^event: (.*)$/gm)].map((match) => match[1] as string);
const datas = (seen: Seen): string[] => [...seen.text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] as string);
const done = (seen: Seen): boolean => datas(seen).at(-1) === '[DONE]' && names(seen).at(-1) === 'message-end';
const whole = (seen: Seen) => JSON.parse(seen.text);
const end = (seen: Seen) => JSON.parse(datas(seen).at(-2) ?? '{}').delta;

async function failure(fault: string, status: number): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  expect(whole(seen).message).toContain('simulated by Parley');
  return seen;
}

async function ending(fault: string): Promise<string> {
  const reason = whole(await call(fault, false)).finish_reason;
  expect(end(await call(fault, true)).finish_reason).toBe(reason);
  return reason;
}

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof COHERE_FAULTS)[number], () => Promise<unknown>> = {
  hang: () => expect(call('hang', true, {}, 300)).rejects.toThrow(/abort/i),
  reset: () => expect(call('reset', true)).rejects.toThrow(/other side closed|ECONNRESET|socket/i),
  async latency() {
    expect((await call('latency ms=150', true)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    const seen = await call('slow-first-byte ms=200', true);
    expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
    expect(done(seen)).toBe(true);
  },
  async 'slow-tokens'() {
    const seen = await call('slow-tokens ms=5', true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(5 * (names(seen).length - 1) * 0.9);
  },
  async stall() {
    const seen = await call('stall after=4', true, {}, 600);
    expect([names(seen).length, seen.broken]).toEqual([4, true]);
  },
  async cut() {
    const seen = await call('cut after=5', true);
    expect([names(seen).length, seen.broken]).toEqual([5, true]);
    expect((await call('cut', false)).broken).toBe(true);
  },
  async truncate() {
    const seen = await call('truncate after=5', true);
    expect([names(seen).length, seen.broken, done(seen)]).toEqual([5, false, false]);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([names(seen).at(-1), seen.broken]).toEqual(['content-end', false]);
  },
  async malformed() {
    const lines = datas(await call('malformed after=3', true));
    expect(() => JSON.parse(lines[3] as string)).toThrow(SyntaxError);
    expect(lines.at(-1)).toBe('[DONE]');
    const { text } = await call('malformed', false);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const seen = await call('error-in-stream after=3', true);
    expect(names(seen)).toHaveLength(4);
    expect(JSON.parse(datas(seen).at(-1) ?? '')).toMatchObject({
      type: 'message-end',
      delta: { finish_reason: 'ERROR' },
    });
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes bytes=2', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(2);
    expect(done(seen)).toBe(true);
  },
  async 'split-at'() {
    const { pieces } = await call('split-at byte=41', true);
    expect(pieces.map((_, at) => Buffer.concat(pieces.slice(0, at + 1)).length)).toContain(41);
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect([seen.pieces.length, done(seen)]).toEqual([1, true]);
  },
  async comments() {
    const seen = await call('comments', true);
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\nevent: message-start/);
  },
  '401': () => failure('401', 401),
  async '429'() {
    expect((await failure('429 retry-after=7', 429)).headers['retry-after']).toBe('7');
  },
  'insufficient-quota': () => failure('insufficient-quota', 402),
  '500': () => failure('500', 500),
  '503': () => failure('503', 503),
  'error-in-200': () => failure('error-in-200', 200),
  async html() {
    expect((await call('html status=502', true)).headers['content-type']).toContain('text/html');
  },
  async 'json-for-stream'() {
    expect(whole(await call('json-for-stream', true)).message.role).toBe('assistant');
  },
  async 'stream-for-json'() {
    expect(done(await call('stream-for-json', false))).toBe(true);
  },
  async 'empty-body'() {
    expect(await call('empty-body', true)).toMatchObject({ status: 200, text: '' });
  },
  async 'unknown-event'() {
    const seen = await call('unknown-event', true);
    expect([names(seen).includes('brand-new-event'), done(seen)]).toEqual([true, true]);
  },
  async 'tool-arguments-empty'() {
    const { tool_calls } = whole(await call('tool-arguments-empty', false, withTools)).message;
    expect(tool_calls[0].function.arguments).toBe('');
    expect(names(await call('tool-arguments-empty', true, withTools))).not.toContain('tool-call-delta');
  },
  async 'cached-tokens'() {
    expect(whole(await call('cached-tokens count=5', false)).usage.cached_tokens).toBe(5);
  },
  async 'usage-missing'() {
    expect(whole(await call('usage-missing', false)).usage).toBeUndefined();
    expect(end(await call('usage-missing', true)).usage).toBeUndefined();
  },
  async refusal() {
    expect(await ending('refusal')).toBe('COMPLETE');
    expect((await call('refusal', false)).text).toContain('I cannot help with that');
  },
  async 'content-filter'() {
    expect(await ending('content-filter')).toBe('ERROR');
  },
};

test.each(COHERE_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
