import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import { type Seen, watchCall } from '../../watch-call.ts';
import { ANTHROPIC_FAULTS } from './format.ts';

/** Every fault in Anthropic's manner, seen from a plain HTTP client. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const TOOL = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const withTools = { tools: [TOOL], messages: [{ role: 'user', content: 'Weather in Rome and Oslo' }] };

function call(fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> {
  const messages = [{ role: 'user', content: 'Tell me about tides — é' }];
  const headers = { 'x-api-key': 'sim-test', 'anthropic-version': '2023-06-01', 'x-simulate': fault };
  const body = { model: 'sim-small', max_tokens: 2000, messages, stream, ...rest };
  return watchCall(`${simulator.url}/v1/messages`, headers, body, patienceMs);
}

const names = (seen: Seen): string[] => [...seen.text.matchAll(/^event: (.*)$/gm)].map((match) => match[1] as string);
const datas = (seen: Seen): string[] => [...seen.text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] as string);
const finished = (seen: Seen): boolean => names(seen).includes('message_delta');
const stopped = (seen: Seen): boolean => names(seen).at(-1) === 'message_stop';

async function failure(fault: string, status: number, type: string): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  const body = JSON.parse(seen.text);
  expect(body).toMatchObject({ type: 'error', error: { type }, request_id: seen.headers['request-id'] });
  expect(body.error.message).toContain('simulated by Parley');
  return seen;
}

const usage = async (fault: string) => JSON.parse((await call(fault, false)).text).usage;
const ending = async (fault: string) => {
  const whole = JSON.parse((await call(fault, false)).text);
  const stream = datas(await call(fault, true)).map((data) => JSON.parse(data));
  const delta = stream.find(({ type }) => type === 'message_delta').delta;
  expect(delta.stop_reason).toBe(whole.stop_reason);
  return whole.stop_reason;
};

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof ANTHROPIC_FAULTS)[number], () => Promise<unknown>> = {
  async hang() {
    await expect(call('hang', true, {}, 400)).rejects.toThrow(/abort/i);
  },
  async reset() {
    await expect(call('reset', true)).rejects.toThrow(/other side closed|ECONNRESET|socket/i);
  },
  async latency() {
    expect((await call('latency ms=150', true)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    const seen = await call('slow-first-byte ms=200', true);
    expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
    expect(stopped(seen)).toBe(true);
  },
  async 'slow-tokens'() {
    const seen = await call('slow-tokens ms=5', true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(5 * names(seen).length * 0.9);
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
    expect([seen.broken, names(seen).length, finished(seen)]).toEqual([false, 5, false]);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([finished(seen), stopped(seen), seen.broken]).toEqual([true, false, false]);
  },
  async malformed() {
    const lines = datas(await call('malformed after=3', true));
    expect(() => JSON.parse(lines[3] as string)).toThrow(SyntaxError);
    expect(() => JSON.parse(lines[4] as string)).not.toThrow();
    const whole = await call('malformed', false);
    expect(() => JSON.parse(whole.text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const seen = await call('error-in-stream after=3', true);
    expect(names(seen)).toHaveLength(4);
    expect(names(seen)[3]).toBe('error');
    expect(JSON.parse(datas(seen)[3] ?? '')).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes bytes=2', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(2);
    expect(stopped(seen)).toBe(true);
  },
  async 'split-at'() {
    const whole = (await call('', true)).text;
    const seen = await call('split-at byte=37', true);
    const ends = seen.pieces.map((_, at) => Buffer.concat(seen.pieces.slice(0, at + 1)).length);
    expect(ends).toContain(37);
    expect(seen.text.length).toBe(whole.length);
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect(seen.pieces).toHaveLength(1);
    expect(stopped(seen)).toBe(true);
  },
  '401': () => failure('401', 401, 'authentication_error'),
  async '429'() {
    expect((await failure('429 retry-after=7', 429, 'rate_limit_error')).headers['retry-after']).toBe('7');
  },
  'insufficient-quota': () => failure('insufficient-quota', 400, 'invalid_request_error'),
  '500': () => failure('500', 500, 'api_error'),
  async '503'() {
    expect((await failure('503', 503, 'api_error')).headers['retry-after']).toBe('1');
  },
  '529': () => failure('529', 529, 'overloaded_error'),
  'error-in-200': () => failure('error-in-200', 200, 'api_error'),
  async html() {
    expect((await call('html status=502', true)).headers['content-type']).toContain('text/html');
  },
  async 'json-for-stream'() {
    expect(JSON.parse((await call('json-for-stream', true)).text).type).toBe('message');
  },
  async 'stream-for-json'() {
    expect(stopped(await call('stream-for-json', false))).toBe(true);
  },
  async 'empty-body'() {
    expect(await call('empty-body', true)).toMatchObject({ status: 200, text: '' });
  },
  async comments() {
    const seen = await call('comments', true);
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\nevent: message_start/);
    expect(stopped(seen)).toBe(true);
  },
  async 'unknown-event'() {
    const seen = await call('unknown-event', true);
    expect(names(seen)).toContain('brand_new_event');
    expect(stopped(seen)).toBe(true);
  },
  async 'text-before-tools'() {
    const { content } = JSON.parse((await call('text-before-tools', false, withTools)).text);
    expect(content.map(({ type }: { type: string }) => type)).toEqual(['text', 'tool_use', 'tool_use']);
  },
  async 'tool-arguments-empty'() {
    const { content } = JSON.parse((await call('tool-arguments-empty', false, withTools)).text);
    expect(content[0].input).toEqual({});
    const deltas = datas(await call('tool-arguments-empty', true, withTools)).filter((data) =>
      data.includes('partial_json'),
    );
    expect(deltas.every((data) => JSON.parse(data).delta.partial_json === '')).toBe(true);
  },
  async 'cached-tokens'() {
    const plain = await usage('');
    expect(await usage('cached-tokens count=5')).toMatchObject({
      input_tokens: plain.input_tokens - 5,
      cache_read_input_tokens: 5,
    });
  },
  async 'usage-missing'() {
    expect(await usage('usage-missing')).toBeUndefined();
    expect((await call('usage-missing', true)).text).not.toContain('usage');
  },
  async refusal() {
    expect(await ending('refusal')).toBe('refusal');
  },
  async 'content-filter'() {
    expect(await ending('content-filter')).toBe('refusal');
  },
  async 'pause-turn'() {
    expect(await ending('pause-turn')).toBe('pause_turn');
  },
  async 'context-window'() {
    expect(await ending('context-window')).toBe('model_context_window_exceeded');
  },
  async 'redacted-thinking'() {
    const thinking = { thinking: { type: 'adaptive' } };
    expect((await call('redacted-thinking', true, thinking)).text).toContain('"redacted_thinking"');
  },
};

test.each(ANTHROPIC_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
