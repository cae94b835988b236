import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { breakpointCacheAt } from '../../core/breakpoint-cache.ts';
import { type Simulator, startSimulator } from '../../start.ts';
import { segmentsOf } from './breakpoints.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Anthropic({ apiKey: 'sim-test', baseURL: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const long = (word: string): string => `${word} `.repeat(1500).trimEnd();
const mark = (ttl: '5m' | '1h' = '5m') => ({ cache_control: { type: 'ephemeral' as const, ttl } });
const request = {
  model: 'sim-small',
  max_tokens: 50,
  system: [{ type: 'text' as const, text: long('alpha'), ...mark('1h') }],
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: long('beta'), ...mark() },
        { type: 'text' as const, text: 'Hello!' },
      ],
    },
  ],
};

const total = (usage: Anthropic.Usage): number =>
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);

test('what is written and read is kept apart by lifetime, and input_tokens has neither', async () => {
  const first = (await client.messages.create(request)).usage;
  expect(first.cache_read_input_tokens).toBe(0);
  expect(first.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(1400);
  expect(first.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(1400);
  expect(first.cache_creation_input_tokens).toBe(
    (first.cache_creation?.ephemeral_1h_input_tokens ?? 0) + (first.cache_creation?.ephemeral_5m_input_tokens ?? 0),
  );
  expect(first.input_tokens).toBeLessThan(100);
  const second = (await client.messages.create(request)).usage;
  expect(second.cache_creation_input_tokens).toBe(0);
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(total(second)).toBe(total(first));
  const counted = await client.messages.countTokens({
    model: 'sim-small',
    system: request.system,
    messages: request.messages,
  });
  expect(counted.input_tokens).toBe(total(first));
});

test('a stream says the same at its start and its end', async () => {
  const usages: unknown[] = [];
  const plain = (await client.messages.create(request)).usage;
  simulator.clear();
  for await (const event of await client.messages.create({ ...request, stream: true })) {
    if (event.type === 'message_start') usages.push(event.message.usage);
    if (event.type === 'message_delta') usages.push(event.usage);
  }
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = plain;
  expect(usages).toHaveLength(2);
  for (const usage of usages) {
    expect(usage).toMatchObject({ input_tokens, cache_creation_input_tokens, cache_read_input_tokens });
  }
  expect(usages[1]).toMatchObject({ output_tokens: plain.output_tokens });
});

test('a conversation that grows reads what it had and writes what is new', async () => {
  const first = (await client.messages.create(request)).usage;
  const grown = await client.messages.create({
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: 'Yes?' },
      { role: 'user', content: [{ type: 'text', text: long('gamma'), ...mark() }] },
    ],
  });
  expect(grown.usage.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(grown.usage.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(1400);
  expect(grown.usage.cache_creation?.ephemeral_1h_input_tokens).toBe(0);
});

test('another system prompt, or less than 1,024 tokens, is not found', async () => {
  await client.messages.create(request);
  const other = { ...request, system: [{ type: 'text' as const, text: long('omega'), ...mark('1h') }] };
  expect((await client.messages.create(other)).usage.cache_read_input_tokens).toBe(0);
  const short = {
    ...request,
    system: 'x',
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'y', ...mark() }] }],
  };
  for (let round = 0; round < 2; round++) {
    expect((await client.messages.create(short)).usage).toMatchObject({
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    });
  }
});

test('cache_control at the top marks the last block', async () => {
  const automatic = {
    model: 'sim-small',
    max_tokens: 50,
    ...mark(),
    messages: [{ role: 'user' as const, content: long('delta') }],
  };
  expect((await client.messages.create(automatic)).usage.cache_creation_input_tokens).toBeGreaterThan(1400);
  expect((await client.messages.create(automatic)).usage.cache_read_input_tokens).toBeGreaterThan(1400);
});

test('entries die five minutes or an hour after their last use', () => {
  let nowMs = 0;
  const cache = breakpointCacheAt(() => nowMs);
  const use = () => cache.use('sim-small', segmentsOf(request), 5000);
  expect(use().read).toBe(0);
  const whole = use().read;
  nowMs += 4 * 60_000;
  expect(use().read).toBe(whole);
  nowMs += 4 * 60_000;
  expect(use().read).toBe(whole);
  nowMs += 6 * 60_000;
  const later = use();
  expect(later.read).toBeGreaterThan(1400);
  expect(later.read).toBeLessThan(whole);
  expect(later.written['5m']).toBe(whole - later.read);
  nowMs += 61 * 60_000;
  expect(use()).toMatchObject({ read: 0, written: { '1h': later.read } });
});
