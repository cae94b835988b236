import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Anthropic({ apiKey: 'sim-test', baseURL: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());

const request = (faults: string) => ({
  model: 'sim-small',
  max_tokens: 3000,
  messages: [{ role: 'user' as const, content: `What is the weather in São Paulo and Oslo? [[simulate: ${faults}]]` }],
  tools: [
    {
      name: 'get_weather',
      input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
    },
  ],
  thinking: { type: 'adaptive' as const },
  output_config: { effort: 'low' as const },
});

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: { readonly type: string };
  readonly delta?: { readonly type?: string; readonly stop_reason?: string };
}

async function rawEvents(body: object): Promise<{ name: string; event: Event }[]> {
  const answer = await fetch(`${simulator.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sim-1', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...body, stream: true }),
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const blocks = (await answer.text()).split('\n\n').filter((block) => block !== '');
  return blocks.map((block) => {
    const [name = '', data = ''] = block.split('\n');
    return { name: name.replace('event: ', ''), event: JSON.parse(data.replace('data: ', '')) };
  });
}

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  text: ['text_delta'],
  tool_use: ['input_json_delta'],
};

test('is the strict state machine: one block after the other, deltas of its kind only, message_stop last', async () => {
  const events = await rawEvents(request('text-before-tools; redacted-thinking'));
  expect(events.every(({ name, event }) => name === event.type)).toBe(true);
  expect(events.some(({ name }) => name === 'ping')).toBe(true);
  const sequence = events.map(({ event }) => event).filter(({ type }) => type !== 'ping');
  expect(sequence.shift()?.type).toBe('message_start');
  expect(sequence.pop()?.type).toBe('message_stop');
  expect(sequence.pop()?.delta?.stop_reason).toBe('tool_use');
  const opened: string[] = [];
  let open: string | null = null;
  for (const event of sequence) {
    if (event.type === 'content_block_start') {
      expect(open).toBeNull();
      expect(event.index).toBe(opened.length);
      open = event.content_block?.type ?? '';
      opened.push(open);
      continue;
    }
    expect(event.index).toBe(opened.length - 1);
    if (event.type === 'content_block_stop') open = null;
    else expect(DELTAS[open ?? '']).toContain(event.delta?.type);
  }
  expect(open).toBeNull();
  expect(opened).toEqual(['thinking', 'redacted_thinking', 'text', 'tool_use', 'tool_use']);
});

test('any chunking of it is the same message to the SDK', async () => {
  const whole = await client.messages.stream(request('one-write')).finalMessage();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.integer({ min: 1, max: 6000 }).map((byte) => `split-at byte=${byte}`),
        fc.integer({ min: 1, max: 40 }).map((bytes) => `split-bytes bytes=${bytes}`),
        fc.constant('unknown-event'),
        fc.constant('comments'),
      ),
      async (fault) => {
        expect(await client.messages.stream(request(fault)).finalMessage()).toEqual(whole);
      },
    ),
    { numRuns: 40 },
  );
});
