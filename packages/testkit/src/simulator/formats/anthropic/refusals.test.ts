import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** The simulator refuses what the Anthropic API refuses, in its words. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

async function post(body: unknown, headers: Record<string, string> = {}, path = '/v1/messages') {
  const answer = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': 'sim-1', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(body),
  });
  const { type, error, request_id } = (await answer.json()) as {
    type?: string;
    error?: { type: string; message: string };
    request_id?: string;
  };
  return { status: answer.status, type, error, request_id, header: answer.headers.get('request-id') };
}

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const ok = { model: 'sim-small', max_tokens: 100, messages: [user('Hello')] };
const text = (rest: object = {}) => ({ type: 'text', text: 'a', ...rest });
const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string, rest: object = {}) => ({ type: 'tool_result', tool_use_id: id, content: 'x', ...rest });
const cached = (ttl?: string) => ({ cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) } });
const tool = (rest: object = {}) => ({ name: 'f', input_schema: { type: 'object' }, ...rest });
const thinking = { type: 'enabled', budget_tokens: 1024 };

test.each<[object, string | RegExp]>([
  [{ ...ok, max_tokens: undefined }, 'max_tokens: Field required'],
  [{ ...ok, model: undefined }, 'model: Field required'],
  [{ ...ok, messages: undefined }, 'messages: Field required'],
  [{ ...ok, messages: [] }, 'messages: at least one message is required'],
  [{ ...ok, max_tokens: '9' }, 'max_tokens: Input should be a valid integer'],
  [
    { ...ok, max_tokens: 128_001 },
    /^max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens/,
  ],
  [{ ...ok, frequency_penalty: 1 }, 'frequency_penalty: Extra inputs are not permitted'],
  [{ ...ok, context_management: {} }, 'context_management: Extra inputs are not permitted'],
  [{ ...ok, temperature: 1.5 }, 'temperature: range: 0..1'],
  [{ ...ok, stop_sequences: [' '] }, 'stop_sequences: each stop sequence must contain non-whitespace'],
  [{ ...ok, messages: [user(5)] }, 'messages.0.content: Input should be a valid list'],
  [{ ...ok, messages: [user('')] }, /^messages\.0: all messages must have non-empty content/],
  [{ ...ok, messages: [user([text({ text: '' })])] }, 'messages: text content blocks must be non-empty'],
  [{ ...ok, messages: [assistant('Hi')] }, 'messages: first message must use the "user" role'],
  [
    { ...ok, messages: [user('a'), assistant('b ')] },
    'messages: final assistant content cannot end with trailing whitespace',
  ],
  [
    { ...ok, messages: [{ role: 'system', content: 'a' }, user('b')] },
    /^messages: Unexpected role "system"\. The Messages API/,
  ],
  [{ ...ok, messages: [user([text({ foo: 1 })])] }, 'messages.0.content.0.text.foo: Extra inputs are not permitted'],
  [{ ...ok, messages: [user([{ type: 'video' }])] }, /^messages\.0\.content\.0: Input tag 'video' found using 'type'/],
  [
    { ...ok, messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/tiff', data: '' } }])] },
    "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
  ],
  [
    { ...ok, messages: [user('a'), assistant([call('t1'), call('t2')]), user([result('t1')])] },
    /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: t2\. Each/,
  ],
  [
    { ...ok, messages: [user('a'), assistant([call('t1')]), user('b'), user([result('t1')])] },
    /^messages\.1: `tool_use` ids were found without/,
  ],
  [
    { ...ok, messages: [user([result('t1')])] },
    /^messages\.0\.content\.0: unexpected `tool_use_id` found in `tool_result`/,
  ],
  [
    { ...ok, messages: [user('a'), assistant([call('t1')]), user([result('t1'), result('t1')])] },
    /each tool_use must have a single result/,
  ],
  [
    { ...ok, messages: [user('a'), assistant([call('t1'), call('t1')]), user([result('t1')])] },
    /`tool_use` ids must be unique/,
  ],
  [
    { ...ok, messages: [user('a'), assistant([call('call:1')]), user([result('x')])] },
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  [
    { ...ok, messages: [user('a'), assistant([{ ...call('t1'), input: '{}' }]), user([result('t1')])] },
    'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
  ],
  [
    { ...ok, tools: [tool({ name: 'a b' })] },
    "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  [{ ...ok, tools: [tool({ parameters: {} })] }, 'tools.0.custom.parameters: Extra inputs are not permitted'],
  [{ ...ok, tools: [{ name: 'f' }] }, 'tools.0.custom.input_schema: Field required'],
  [{ ...ok, tools: [tool(), tool()] }, 'tools: Tool names must be unique.'],
  [{ ...ok, tool_choice: { type: 'any' } }, /tool_choice may only be specified while providing tools/],
  [
    { ...ok, tools: [tool()], tool_choice: { type: 'tool', name: 'g' } },
    "tool_choice: Tool 'g' not found in provided tools",
  ],
  [{ ...ok, tools: [tool()], tool_choice: 'auto' }, 'tool_choice: Input should be a valid dictionary'],
  [
    { ...ok, thinking: { type: 'enabled', budget_tokens: 500 } },
    /^thinking\.enabled\.budget_tokens: Input should be greater than or equal to 1024/,
  ],
  [{ ...ok, max_tokens: 1024, thinking }, /^`max_tokens` must be greater than `thinking\.budget_tokens`/],
  [
    { ...ok, max_tokens: 2000, thinking, temperature: 0.5 },
    /^`temperature` may only be set to 1 when thinking is enabled/,
  ],
  [{ ...ok, max_tokens: 2000, thinking, top_k: 5 }, /^`top_k` must be unset/],
  [
    { ...ok, max_tokens: 2000, thinking, tools: [tool()], tool_choice: { type: 'any' } },
    'Thinking may not be enabled when tool_choice forces tool use.',
  ],
  [
    {
      ...ok,
      system: [text(cached()), text(cached())],
      messages: [user([text(cached()), text(cached()), text(cached())])],
    },
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  [
    { ...ok, system: [text(cached())], messages: [user([text(cached('1h'))])] },
    /^messages\.0\.content\.0\.cache_control\.ttl: a ttl='1h' cache_control block must not come after a ttl='5m'/,
  ],
  [
    {
      ...ok,
      messages: [user('a'), assistant([{ type: 'thinking', thinking: 'x', signature: 's', ...cached() }]), user('b')],
    },
    'messages.1.content.0.thinking.cache_control: Extra inputs are not permitted',
  ],
  [
    { ...ok, output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } },
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  ],
  [
    { ...ok, output_config: { format: { type: 'json_schema', schema: { type: 'integer', minimum: 1 } } } },
    "output_config.format.schema: For 'integer' type, properties minimum are not supported",
  ],
  [{ ...ok, model: 'sim-adaptive', temperature: 0.2 }, '`temperature` is deprecated for this model.'],
  [
    { ...ok, model: 'sim-adaptive', max_tokens: 2000, thinking },
    /^"thinking\.type\.enabled" is not supported for this model/,
  ],
  [
    { ...ok, model: 'sim-adaptive', messages: [user('a'), assistant('b')] },
    /^This model does not support assistant message prefill/,
  ],
  [{ ...ok, messages: [user(`[[simulate: explode]] a`)] }, /Unknown fault 'explode'/],
  [{ ...ok, messages: [user(`[[simulate: role-empty]] a`)] }, /Fault 'role-empty' does not exist in this format/],
])('400: %j', async (body, message) => {
  const refused = await post(body);
  expect(refused.status).toBe(400);
  expect(refused.type).toBe('error');
  expect(refused.error?.type).toBe('invalid_request_error');
  if (typeof message === 'string') expect(refused.error?.message).toBe(message);
  else expect(refused.error?.message).toMatch(message);
  expect(refused.request_id).toBe(refused.header);
});

test('a prompt beyond the context window is refused with its length', async () => {
  const long = { ...ok, messages: [user('word '.repeat(210_000))] };
  expect((await post(long)).error?.message).toMatch(/^prompt is too long: 2\d{5} tokens > 200000 maximum$/);
});

test('what a beta brings is taken when the call names a beta; consecutive turns of one role are one', async () => {
  const beta = { 'anthropic-beta': 'context-management-2025-06-27' };
  expect((await post({ ...ok, context_management: {} }, beta)).status).toBe(200);
  expect((await post({ ...ok, messages: [user('a'), user('b')] })).status).toBe(200);
  expect(
    (await post({ ...ok, model: 'sim-adaptive', messages: [user('a'), { role: 'system', content: 'b' }] })).status,
  ).toBe(200);
});

test('other paths and methods are errors in the same shape', async () => {
  expect(await post(ok, {}, '/v1/messages/nope')).toMatchObject({ status: 404, error: { type: 'not_found_error' } });
  const got = await fetch(`${simulator.url}/v1/messages`, {
    headers: { 'x-api-key': 'sim-1', 'anthropic-version': '2023-06-01' },
  });
  expect(got.status).toBe(405);
  expect(got.headers.get('allow')).toBe('POST');
  expect((await post({ ...ok, max_tokens: 5 }, {}, '/v1/messages/count_tokens')).error?.message).toBe(
    'max_tokens: Extra inputs are not permitted',
  );
});
