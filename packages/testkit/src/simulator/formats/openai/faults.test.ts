import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import type { Seen } from '../../watch-call.ts';
import { callWithFault } from './call-with-fault.ts';
import { CHAT_FAULTS } from './format.ts';

/** Every fault of the table does what the table says, seen from a plain HTTP client. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const call = (fault: string, stream: boolean, rest: object = {}, patienceMs = 5_000): Promise<Seen> =>
  callWithFault(simulator.url, fault, stream, rest, patienceMs);

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

interface Event {
  readonly choices: {
    delta: {
      role?: string;
      reasoning_content?: string;
      reasoning?: string;
      content?: string | null;
      refusal?: string | null;
      tool_calls?: { index?: number; id?: string; function: { name?: string; arguments: string } }[];
    };
    finish_reason: string | null;
  }[];
  readonly usage?: { completion_tokens: number } | null;
  readonly error?: { type: string };
}

const dataLines = (seen: Seen): string[] =>
  seen.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
const events = (seen: Seen): Event[] =>
  dataLines(seen)
    .filter((line) => line !== '[DONE]')
    .map((line) => JSON.parse(line));
const done = (seen: Seen): boolean => seen.text.endsWith('data: [DONE]\n\n');
const finished = (seen: Seen): boolean => events(seen).some((event) => event.choices[0]?.finish_reason === 'stop');
const withUsage = { stream_options: { include_usage: true } };
const withTools = { tools: TOOLS, messages: [{ role: 'user', content: 'Weather in Rome and Oslo' }] };
const toolDeltas = (seen: Seen) => events(seen).flatMap((event) => event.choices[0]?.delta.tool_calls ?? []);
const toolIndexes = (seen: Seen) => toolDeltas(seen).map((found) => found.index);

/** One case for each fault; the type makes a missing one an error. */
type ChatFault = (typeof CHAT_FAULTS)[number];
const CASES: Record<ChatFault, () => Promise<unknown>> = {
  async hang() {
    await expect(call('hang', false, {}, 400)).rejects.toThrow(/abort/i);
  },
  async reset() {
    await expect(call('reset', false)).rejects.toThrow(/other side closed|ECONNRESET|socket/i);
  },
  async latency() {
    expect((await call('latency ms=150', false)).headersMs).toBeGreaterThanOrEqual(149);
  },
  async 'slow-first-byte'() {
    for (const stream of [true, false]) {
      const seen = await call('slow-first-byte ms=200', stream);
      expect(seen.firstByteMs - seen.headersMs).toBeGreaterThan(100);
      expect(seen.broken).toBe(false);
    }
  },
  async 'slow-tokens'() {
    const stream = await call('slow-tokens ms=5', true);
    expect(stream.totalMs).toBeGreaterThanOrEqual(5 * events(stream).length * 0.9);
    expect((await call('slow-tokens ms=5', false)).totalMs).toBeGreaterThan(100);
  },
  async stall() {
    const seen = await call('stall after=4', true, {}, 1_000);
    expect(events(seen)).toHaveLength(4);
    expect(seen.broken).toBe(true);
    expect(seen.totalMs).toBeGreaterThanOrEqual(990);
  },
  async cut() {
    const stream = await call('cut after=5', true);
    expect(events(stream)).toHaveLength(5);
    const whole = await call('cut', false);
    for (const seen of [stream, whole]) {
      expect(seen.broken).toBe(true);
      expect(seen.totalMs).toBeLessThan(2_000);
    }
    expect(simulator.requests().map((record) => record.outcome)).toEqual(['cut', 'cut']);
  },
  async truncate() {
    const seen = await call('truncate after=5', true);
    expect([seen.broken, events(seen).length, finished(seen), done(seen)]).toEqual([false, 5, false, false]);
  },
  async 'no-done'() {
    const seen = await call('no-done', true);
    expect([seen.broken, finished(seen), done(seen)]).toEqual([false, true, false]);
  },
  async malformed() {
    const lines = dataLines(await call('malformed after=2', true));
    expect(() => JSON.parse(lines[2] as string)).toThrow(SyntaxError);
    expect(() => JSON.parse(lines[3] as string)).not.toThrow();
    expect(lines.at(-1)).toBe('[DONE]');
    const whole = await call('malformed', false);
    expect(() => JSON.parse(whole.text)).toThrow(SyntaxError);
  },
  async 'error-in-stream'() {
    const seen = await call('error-in-stream after=3', true);
    expect(
      events(seen)
        .slice(0, 3)
        .every((event) => event.choices.length === 1),
    ).toBe(true);
    expect(events(seen)[3]?.error?.type).toBe('server_error');
    expect([events(seen).length, done(seen), seen.broken]).toEqual([4, false, false]);
  },
  async 'split-bytes'() {
    const seen = await call('split-bytes', true);
    expect(Math.max(...seen.pieces.map((piece) => piece.length))).toBe(3);
    expect(seen.pieces.some((piece) => piece.toString().includes('\ufffd'))).toBe(true);
    expect(finished(seen) && done(seen)).toBe(true);
  },
  async comments() {
    const seen = await call('comments', true);
    expect(seen.text).toMatch(/^: SIMULATOR PROCESSING\n\ndata: /);
    expect(finished(seen) && done(seen)).toBe(true);
  },
  '401': () => refusal('401', 401, 'invalid_api_key'),
  async '429'() {
    const seen = await refusal('429 retry-after=7', 429, 'rate_limit_exceeded');
    expect(seen.headers['retry-after']).toBe('7');
  },
  async 'insufficient-quota'() {
    const seen = await refusal('insufficient-quota', 429, 'insufficient_quota');
    expect(seen.headers['retry-after']).toBeUndefined();
  },
  '500': () => refusal('500', 500, null),
  async '503'() {
    expect((await refusal('503', 503, null)).headers['retry-after']).toBe('1');
  },
  'error-in-200': () => refusal('error-in-200', 200, null),
  async html() {
    for (const [fault, status] of [
      ['html', 200],
      ['html status=502', 502],
    ] as const) {
      const seen = await call(fault, true);
      expect(seen.status).toBe(status);
      expect(seen.headers['content-type']).toContain('text/html');
      expect(seen.text).toContain('simulated by Parley');
    }
  },
  async 'json-for-stream'() {
    const seen = await call('json-for-stream', true);
    expect(seen.headers['content-type']).toBe('application/json');
    expect(JSON.parse(seen.text).object).toBe('chat.completion');
  },
  async 'stream-for-json'() {
    const seen = await call('stream-for-json', false);
    expect(seen.headers['content-type']).toContain('text/event-stream');
    expect(finished(seen) && done(seen)).toBe(true);
  },
  async 'empty-body'() {
    expect(await call('empty-body', false)).toMatchObject({ status: 200, text: '', broken: false });
  },
  async 'no-choices'() {
    expect(JSON.parse((await call('no-choices', false)).text).choices).toEqual([]);
    expect(events(await call('no-choices', true)).every((event) => event.choices.length === 0)).toBe(true);
  },
  async 'usage-every-chunk'() {
    const counts = events(await call('usage-every-chunk', true)).map((event) => event.usage?.completion_tokens ?? -1);
    expect(counts.every((count, at) => count >= (counts[at - 1] ?? 0))).toBe(true);
    const plain = events(await call('', true, withUsage)).at(-1)?.usage?.completion_tokens;
    expect(counts.at(-1)).toBe(plain);
  },
  async 'usage-on-finish'() {
    const seen = events(await call('usage-on-finish', true, withUsage));
    expect(seen.filter((event) => event.usage)).toEqual(seen.slice(-1));
    expect(seen.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  },
  async 'usage-missing'() {
    expect(events(await call('usage-missing', true, withUsage)).some((event) => event.usage)).toBe(false);
    expect(JSON.parse((await call('usage-missing', false)).text)).not.toHaveProperty('usage');
  },
  async 'cached-tokens'() {
    const cached = async (fault: string) =>
      JSON.parse((await call(fault, false)).text).usage.prompt_tokens_details.cached_tokens;
    expect(await cached('cached-tokens count=5')).toBe(5);
    const { usage } = JSON.parse((await call('cached-tokens count=9999', false)).text);
    expect(usage.prompt_tokens_details.cached_tokens).toBe(usage.prompt_tokens);
  },
  async 'role-absent'() {
    expect(events(await call('role-absent', true)).some((event) => event.choices[0]?.delta.role !== undefined)).toBe(
      false,
    );
    expect(JSON.parse((await call('role-absent', false)).text).choices[0].message).not.toHaveProperty('role');
  },
  async 'role-empty'() {
    expect(events(await call('role-empty', true)).every((event) => event.choices[0]?.delta.role === '')).toBe(true);
    expect(JSON.parse((await call('role-empty', false)).text).choices[0].message.role).toBe('');
  },
  async 'tool-index-missing'() {
    const indexes = toolIndexes(await call('tool-index-missing', true, withTools));
    expect(indexes.length).toBeGreaterThan(4);
    expect(new Set(indexes)).toEqual(new Set([undefined]));
  },
  async 'tool-index-gaps'() {
    expect(new Set(toolIndexes(await call('tool-index-gaps', true, withTools)))).toEqual(new Set([1, 4]));
  },
  async 'tool-index-reused'() {
    expect(new Set(toolIndexes(await call('tool-index-reused', true, withTools)))).toEqual(new Set([0]));
  },
  async 'text-before-tools'() {
    const { message } = JSON.parse((await call('text-before-tools', false, withTools)).text).choices[0];
    expect(message.content).toBe('[simulated by Parley] I will use get_weather.');
    expect(message.tool_calls).toHaveLength(2);
    const deltas = events(await call('text-before-tools', true, withTools)).map((event) => event.choices[0]?.delta);
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe(message.content);
  },
  async 'split-at'() {
    const { pieces, text } = await call('split-at byte=41', true);
    expect(pieces.map((_, at) => Buffer.concat(pieces.slice(0, at + 1)).length)).toContain(41);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  },
  async 'one-write'() {
    const seen = await call('one-write', true);
    expect(seen.pieces).toHaveLength(1);
    expect(finished(seen) && done(seen)).toBe(true);
  },
  async refusal() {
    const { choices } = JSON.parse((await call('refusal', false)).text);
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: null } });
    expect(choices[0].message.refusal).toContain('simulated by Parley');
    const deltas = events(await call('refusal', true)).map((event) => event.choices[0]?.delta);
    expect(deltas.map((delta) => delta?.refusal ?? '').join('')).toBe(choices[0].message.refusal);
    expect(deltas.some((delta) => delta?.content)).toBe(false);
  },
  async 'content-filter'() {
    const { choices, usage } = JSON.parse((await call('content-filter after=2', false)).text);
    expect(choices[0].finish_reason).toBe('content_filter');
    expect(usage.completion_tokens).toBe(2);
    const streamed = events(await call('content-filter after=2', true));
    expect(streamed.at(-1)?.choices[0]?.finish_reason).toBe('content_filter');
    expect(streamed.map((event) => event.choices[0]?.delta.content ?? '').join('')).toBe(choices[0].message.content);
  },
  'prompt-blocked': () => blockedPrompt(),
  async 'tool-arguments-whole'() {
    const calls = toolDeltas(await call('tool-arguments-whole', true, withTools));
    expect(calls.map(({ index }) => index)).toEqual([0, 1]);
    expect(calls.map((found) => JSON.parse(found.function.arguments))).toEqual([{ city: 'Rome' }, { city: 'Oslo' }]);
  },
  async 'tool-id-repeated'() {
    const calls = toolDeltas(await call('tool-id-repeated', true, withTools));
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.every(({ id, function: { name } }) => id?.startsWith('call_') && name === 'get_weather')).toBe(true);
  },
  async 'tool-id-empty'() {
    const ids = toolDeltas(await call('tool-id-empty', true, withTools)).map(({ id }) => id);
    expect(ids.filter((id) => id !== '')).toHaveLength(2);
    expect(ids).toContain('');
  },
  async 'tool-finish-stop'() {
    expect(finished(await call('tool-finish-stop', true, withTools))).toBe(true);
    const { choices } = JSON.parse((await call('tool-finish-stop', false, withTools)).text);
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { tool_calls: [{}, {}] } });
  },
  async 'tool-calls-empty'() {
    expect(events(await call('tool-calls-empty', true)).every((event) => event.choices[0]?.delta.tool_calls)).toBe(
      true,
    );
    const { choices } = JSON.parse((await call('tool-calls-empty', false)).text);
    expect(choices[0].message).toMatchObject({ tool_calls: [], content: expect.stringContaining('simulated') });
  },
  'reasoning-content': () => showsThinking('reasoning-content', 'reasoning_content'),
  'reasoning-text': () => showsThinking('reasoning-text', 'reasoning'),
  async 'stream-options-refused'() {
    const seen = await call('stream-options-refused', true, withUsage);
    expect([seen.status, JSON.parse(seen.text).error.message]).toEqual([
      400,
      expect.stringContaining('stream_options'),
    ]);
    expect((await call('stream-options-refused', true)).status).toBe(200);
  },
  async 'max-tokens-refused'() {
    const seen = await call('max-tokens-refused', false, { max_tokens: 9 });
    expect([seen.status, JSON.parse(seen.text).error.code]).toEqual([400, 'unsupported_parameter']);
    expect((await call('max-tokens-refused', false, { max_completion_tokens: 9 })).status).toBe(200);
  },
  async 'tool-arguments-empty'() {
    const [first] = JSON.parse((await call('tool-arguments-empty', false, withTools)).text).choices[0].message
      .tool_calls;
    expect(first.function.arguments).toBe('');
    const deltas = events(await call('tool-arguments-empty', true, withTools)).flatMap(
      (event) => event.choices[0]?.delta.tool_calls ?? [],
    );
    expect(deltas.every((delta) => delta.function.arguments === '')).toBe(true);
  },
};

async function blockedPrompt(): Promise<void> {
  const seen = await call('prompt-blocked', true);
  expect([seen.status, JSON.parse(seen.text).error.code]).toEqual([400, 'invalid_prompt']);
}

async function showsThinking(fault: string, field: 'reasoning_content' | 'reasoning'): Promise<void> {
  const { choices, usage } = JSON.parse((await call(fault, false)).text);
  expect(choices[0].message[field]).toContain('simulated by Parley');
  expect(usage.completion_tokens_details.reasoning_tokens).toBe(64);
  const deltas = events(await call(fault, true)).map((event) => event.choices[0]?.delta);
  expect(deltas.map((delta) => delta?.[field] ?? '').join('')).toBe(choices[0].message[field]);
}

async function refusal(fault: string, status: number, code: string | null): Promise<Seen> {
  const seen = await call(fault, true);
  expect(seen.status).toBe(status);
  expect(JSON.parse(seen.text).error).toMatchObject({ code, message: expect.stringContaining('simulated by Parley') });
  return seen;
}

test.each(CHAT_FAULTS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
