import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import { type Seen, watchCall } from '../../watch-call.ts';
import { RESPONSES_FAULTS } from './format.ts';

/** Every fault as the Responses API would show it, seen from a plain HTTP client. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const call = (fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> =>
  watchCall(
    `${simulator.url}/v1/responses`,
    { authorization: 'Bearer sim-test', 'x-simulate': fault },
    { model: 'sim-small', input: 'Tell me about tides — é', stream, store: false, ...rest },
    patienceMs,
  );

const withTools = {
  input: 'Weather in Rome',
  tools: [
    {
      type: 'function',
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  ],
};

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly arguments?: string;
  readonly item_id?: string;
  readonly code?: string;
  readonly response?: { status: string; output: unknown[]; usage: unknown; error: { code: string } | null };
}

const dataLines = (seen: Seen): string[] =>
  seen.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
const events = (seen: Seen): Event[] => dataLines(seen).map((line) => JSON.parse(line));
const whole = (seen: Seen) => JSON.parse(seen.text);
const last = (seen: Seen): string | undefined => events(seen).at(-1)?.type;

async function refusal(fault: string, status: number, code: string | null): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  expect(whole(seen).error).toMatchObject({ code, message: expect.stringContaining('simulated by Parley') });
  return seen;
}

/** One case for each fault; the type makes a missing one an error. */
const CASES: Record<(typeof RESPONSES_FAULTS)[number], () => Promise<unknown>> = {
  hang: () => expect(call('hang', false, {}, 300)).rejects.toThrow(/abort/i),
  reset: () => expect(call('reset', true)).rejects.toThrow(/other side closed|ECONNRESET|socket/i),
  async latency() {
    expect((await call('latency ms=150', true)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    const seen = await call('slow-first-byte ms=200', true);
    expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
    expect(last(seen)).toBe('response.completed');
  },
  async 'slow-tokens'() {
    const seen = await call('slow-tokens ms=3', true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(3 * events(seen).length * 0.9);
  },
  async stall() {
    const seen = await call('stall after=4', true, {}, 600);
    expect([events(seen).length, seen.broken]).toEqual([4, true]);
  },
  async cut() {
    const seen = await call('cut after=6', true);
    expect([events(seen).length, seen.broken, last(seen)]).toEqual([6, true, 'response.output_text.delta']);
    expect((await call('cut', false)).broken).toBe(true);
  },
  async truncate() {
    const seen = await call('truncate after=6', true);
    expect([events(seen).length, seen.broken, last(seen)]).toEqual([6, false, 'response.output_text.delta']);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([seen.broken, last(seen)]).toEqual([false, 'response.output_item.done']);
  },
  async malformed() {
    const lines = dataLines(await call('malformed after=5', true));
    expect(() => JSON.parse(lines[5] as string)).toThrow(SyntaxError);
    expect(JSON.parse(lines.at(-1) as string).type).toBe('response.completed');
    const { text } = await call('malformed', false);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const seen = await call('error-in-stream after=5', true);
    expect(events(seen).at(-1)).toMatchObject({ type: 'error', code: 'server_error', sequence_number: 5 });
    expect(seen.text).toContain('event: error\n');
    expect([events(seen).length, seen.broken]).toEqual([6, false]);
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(3);
    expect(last(seen)).toBe('response.completed');
  },
  async 'split-at'() {
    const seen = await call('split-at byte=41', true);
    expect(seen.pieces.map((_, at) => Buffer.concat(seen.pieces.slice(0, at + 1)).length)).toContain(41);
    expect(last(seen)).toBe('response.completed');
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect([seen.pieces.length, last(seen)]).toEqual([1, 'response.completed']);
  },
  async comments() {
    const seen = await call('comments', true);
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\nevent: response.created\ndata: /);
    expect(last(seen)).toBe('response.completed');
  },
  '401': () => refusal('401', 401, 'invalid_api_key'),
  async '429'() {
    expect((await refusal('429 retry-after=7', 429, 'rate_limit_exceeded')).headers['retry-after']).toBe('7');
  },
  'insufficient-quota': () => refusal('insufficient-quota', 429, 'insufficient_quota'),
  '500': () => refusal('500', 500, null),
  '503': () => refusal('503', 503, null),
  'error-in-200': () => refusal('error-in-200', 200, null),
  async html() {
    expect((await call('html', true)).headers['content-type']).toContain('text/html');
  },
  async 'json-for-stream'() {
    expect(whole(await call('json-for-stream', true)).object).toBe('response');
  },
  async 'stream-for-json'() {
    expect(last(await call('stream-for-json', false))).toBe('response.completed');
  },
  async 'empty-body'() {
    expect(await call('empty-body', false)).toMatchObject({ status: 200, text: '', broken: false });
  },
  async 'no-choices'() {
    expect(whole(await call('no-choices', false))).toMatchObject({ status: 'completed', output: [] });
    expect(events(await call('no-choices', true)).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ]);
  },
  async 'usage-missing'() {
    expect(whole(await call('usage-missing', false)).usage).toBeNull();
    expect(events(await call('usage-missing', true)).at(-1)?.response?.usage).toBeNull();
  },
  async 'cached-tokens'() {
    expect(whole(await call('cached-tokens count=5', false)).usage.input_tokens_details.cached_tokens).toBe(5);
  },
  async 'tool-arguments-empty'() {
    expect(whole(await call('tool-arguments-empty', false, withTools)).output[0].arguments).toBe('');
    const done = events(await call('tool-arguments-empty', true, withTools)).find(({ type }) =>
      type.endsWith('arguments.done'),
    );
    expect(done?.arguments).toBe('');
  },
  async refusal() {
    const { output, status } = whole(await call('refusal', false));
    expect(status).toBe('completed');
    expect(output[0].content).toEqual([{ type: 'refusal', refusal: expect.stringContaining('simulated by Parley') }]);
    const seen = events(await call('refusal', true));
    const deltas = seen.filter(({ type }) => type === 'response.refusal.delta').map(({ delta }) => delta);
    expect(deltas.join('')).toBe(output[0].content[0].refusal);
  },
  async 'content-filter'() {
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    expect(whole(await call('content-filter', false))).toMatchObject(incomplete);
    expect(events(await call('content-filter', true)).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: incomplete,
    });
  },
  async 'prompt-blocked'() {
    const seen = await call('prompt-blocked', true);
    expect([seen.status, whole(seen).error.code]).toEqual([400, 'invalid_prompt']);
  },
  async 'text-before-tools'() {
    const { output } = whole(await call('text-before-tools', false, withTools));
    expect(output.map(({ type }: Event) => type)).toEqual(['message', 'function_call']);
    expect(events(await call('text-before-tools', true, withTools)).at(-1)?.response?.output).toEqual(output);
  },
  async 'response-failed'() {
    const failed = { status: 'failed', error: { code: 'server_error' }, output: [] };
    expect(whole(await call('response-failed', false))).toMatchObject(failed);
    const seen = events(await call('response-failed after=6', true));
    expect(seen).toHaveLength(7);
    expect(seen.at(-1)).toMatchObject({ type: 'response.failed', sequence_number: 6, response: failed });
  },
  async 'deltas-missing'() {
    const seen = events(await call('deltas-missing', true, withTools));
    expect(seen.some(({ type }) => type.endsWith('.delta'))).toBe(false);
    expect(seen.find(({ type }) => type.endsWith('arguments.done'))?.arguments).toContain('Rome');
    expect(seen.map((event) => event.sequence_number)).toEqual(seen.map((_, at) => at));
  },
  async 'item-ids-rotate'() {
    const ids = events(await call('item-ids-rotate', true)).flatMap(({ item_id }) => item_id ?? []);
    expect(ids.length).toBeGreaterThan(4);
    expect(new Set(ids).size).toBe(ids.length);
  },
};

test.each(RESPONSES_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
