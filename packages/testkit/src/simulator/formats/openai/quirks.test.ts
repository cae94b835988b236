import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';
import type { Seen } from '../../watch-call.ts';
import { callWithFault } from './call-with-fault.ts';
import { events, finished } from './chat-events.ts';
import { CHAT_QUIRKS } from './format.ts';

/** Every fault in what is said, and every quirk, does what the table says, seen from a plain HTTP client. */
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

const withUsage = { stream_options: { include_usage: true } };
const withTools = { tools: TOOLS, messages: [{ role: 'user', content: 'Weather in Rome and Oslo' }] };
const toolDeltas = (seen: Seen) => events(seen).flatMap((event) => event.choices[0]?.delta.tool_calls ?? []);
const toolIndexes = (seen: Seen) => toolDeltas(seen).map((found) => found.index);

/** One case for each; the type makes a missing one an error. */
const CASES: Record<(typeof CHAT_QUIRKS)[number], () => Promise<unknown>> = {
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

test.each(CHAT_QUIRKS)('%s', async (name) => {
  await CASES[name]();
  expect(simulator.requests().some((record) => record.faults.includes(name))).toBe(true);
});
