import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** The simulator refuses what Bedrock refuses, in its words. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const BEARER = { authorization: 'Bearer sim-1' };

async function post(
  body: unknown,
  { model = 'sim-small', headers = BEARER }: { model?: string; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${simulator.url}/model/${model}/converse`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const type = answer.headers.get('x-amzn-errortype')?.split(':')[0];
  return { status: answer.status, type, message: ((await answer.json()) as { message?: string }).message };
}

const user = (...content: unknown[]) => ({ role: 'user', content });
const assistant = (...content: unknown[]) => ({ role: 'assistant', content });
const call = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'f', input: {} } });
const result = (toolUseId: string, rest: object = {}) => ({
  toolResult: { toolUseId, content: [{ text: 'x' }], ...rest },
});
const tool = (name = 'f') => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } });
const hi = { text: 'Hello' };
const ok = { messages: [user(hi)] };
const tools = { toolConfig: { tools: [tool()] } };
const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } };
const cachePoint = { cachePoint: { type: 'default' } };

test.each<[object, string | RegExp, string?]>([
  [{}, /^A conversation must start with a user message/],
  [{ messages: [assistant(hi)] }, /^A conversation must start with a user message/],
  [{ messages: [user(hi), user(hi)] }, /^A conversation must alternate between user and assistant roles/],
  [{ messages: [user()] }, /^The content field in the Message object at messages\.0 is empty/],
  [
    { messages: [user({ text: ' ' })] },
    /^The text field in the ContentBlock object at messages\.0\.content\.0 is blank/,
  ],
  [
    { messages: [user({ type: 'text' })] },
    /^The ContentBlock object at messages\.0\.content\.0 must set one of the following keys/,
  ],
  [
    { messages: [{ role: 'system', content: [hi] }] },
    "1 validation error detected: Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
  ],
  [
    { messages: [{ role: 'user' }] },
    "1 validation error detected: Value at 'messages.1.member.content' failed to satisfy constraint: Member must not be null",
  ],
  [
    { ...ok, inferenceConfig: { temperature: 1.5 } },
    "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
  ],
  [
    { ...ok, toolConfig: { tools: [tool('a b')] } },
    "1 validation error detected: Value 'a b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
  ],
  [
    { ...ok, toolConfig: { tools: [tool('a'.repeat(65))] } },
    /failed to satisfy constraint: Member must have length less than or equal to 64$/,
  ],
  [
    { ...ok, toolConfig: { tools: [] } },
    /at 'toolConfig\.tools' failed to satisfy constraint: Member must have length greater/,
  ],
  [{ ...ok, toolConfig: { tools: [tool(), tool()] } }, 'The tool names in toolConfig.tools must be unique.'],
  [
    { ...ok, toolConfig: { tools: [tool()], toolChoice: { tool: { name: 'g' } } } },
    /Tool 'g' not found in provided tools/,
  ],
  [
    { ...ok, toolConfig: { tools: [tool()], toolChoice: { none: {} } } },
    /must set one of the following keys: auto, any, tool/,
  ],
  [
    { messages: [user(hi), assistant(call('t1')), user(result('t1'))] },
    'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
  ],
  [
    { messages: [user(hi), assistant(call('t1'), call('t2')), user(result('t1'))], ...tools },
    'Expected toolResult blocks at messages.2.content for the following Ids: t2',
  ],
  [
    { messages: [user(result('t1'))], ...tools },
    'The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.',
  ],
  [
    { messages: [user(hi), assistant(call('t1')), user(result('t1'), result('t1'))], ...tools },
    'The toolResult blocks at messages.2.content contain duplicate Ids: t1, t1',
  ],
  [
    { messages: [user(hi), assistant(call('t1')), user(result('t1', { content: [], status: 'error' }))], ...tools },
    'The content field at messages.2.content.0.toolResult cannot be empty when status value is error.',
  ],
  [{ messages: [user({ document: { name: 'a_b.pdf', source: {} } })] }, /^The provided document name is invalid/],
  [
    { messages: [user(hi, ...Array.from({ length: 5 }, () => cachePoint))] },
    'The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  [
    { ...ok, additionalModelRequestFields: { foo: 1 } },
    'The model returned the following errors: foo: Extra inputs are not permitted',
  ],
  [
    { ...ok, ...thinking, inferenceConfig: { maxTokens: 1000 } },
    /`max_tokens` must be greater than `thinking\.budget_tokens`/,
  ],
  [
    { ...ok, ...thinking, inferenceConfig: { temperature: 0.5 } },
    /`temperature` may only be set to 1 when thinking is enabled/,
  ],
  [
    { ...ok, ...thinking, toolConfig: { tools: [tool()], toolChoice: { any: {} } } },
    /Thinking may not be enabled when tool_choice/,
  ],
  [
    {
      ...ok,
      outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}' } } } },
    },
    /'additionalProperties' must be explicitly set to false/,
  ],
])('ValidationException: %j', async (body, message) => {
  const refused = await post(body);
  expect(refused).toMatchObject({ status: 400, type: 'ValidationException' });
  if (typeof message === 'string') expect(refused.message).toBe(message);
  else expect(refused.message).toMatch(message);
});

test('a value of another type is a SerializationException; what the service does not know is passed over', async () => {
  expect(await post({ ...ok, inferenceConfig: { maxTokens: 'many' } })).toEqual({
    status: 400,
    type: 'SerializationException',
    message: 'STRING_VALUE can not be converted to a Float',
  });
  expect((await post({ ...ok, somethingNew: true })).status).toBe(200);
});

test('the newest models take no temperature', async () => {
  const refused = await post({ ...ok, inferenceConfig: { temperature: 0.2 } }, { model: 'anthropic.sim-adaptive' });
  expect(refused.message).toBe('The model returned the following errors: `temperature` is deprecated for this model.');
});

test('without a key, with another’s, with a header that is no signature', async () => {
  const as = async (headers: Record<string, string>) => {
    const { status, type } = await post(ok, { headers });
    return [status, type];
  };
  expect(await as({})).toEqual([403, 'MissingAuthenticationTokenException']);
  expect(await as({ authorization: 'Bearer secret-of-someone' })).toEqual([403, 'AccessDeniedException']);
  expect(await as({ authorization: 'AWS4-HMAC-SHA256 nonsense' })).toEqual([403, 'IncompleteSignatureException']);
  expect(JSON.stringify(simulator.requests())).not.toContain('secret-of-someone');
});
