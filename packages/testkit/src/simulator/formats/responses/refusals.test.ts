import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** What the Responses API refuses, word for word where clients look at the words. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

async function refused(body: object): Promise<unknown> {
  const response = await fetch(`${simulator.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-test', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-small', ...body }),
  });
  expect(response.headers.get('x-parley-simulator')).toBe('1');
  return { status: response.status, ...((await response.json()) as object) };
}

const call = { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' };
const tool = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { a: {} } } };

test.each([
  ['no input', {}, 'input', "Missing required parameter: 'input'."],
  ['messages', { messages: [] }, 'messages', /moved to 'input'/],
  ['max_tokens', { input: 'x', max_tokens: 9 }, 'max_tokens', /moved to 'max_output_tokens'/],
  ['response_format', { input: 'x', response_format: {} }, 'response_format', /moved to 'text.format'/],
  ['an unknown parameter', { input: 'x', top_k: 4 }, 'top_k', "Unknown parameter: 'top_k'."],
  ['a nested unknown one', { input: 'x', text: { schema: 1 } }, 'text.schema', "Unknown parameter: 'text.schema'."],
  ['few tokens', { input: 'x', max_output_tokens: 5 }, 'max_output_tokens', /max_output_tokens/],
  [
    'a chat part',
    { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    'input[0].content[0].type',
    /^Invalid value: 'text'. Supported values are: 'input_text', /,
  ],
  [
    'input text of an assistant',
    { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
    'input[0].content[0].type',
    "Invalid value: 'input_text'. Supported values are: 'output_text', and 'refusal'.",
  ],
  ['an unknown item', { input: [{ type: 'tool_result' }] }, 'input[0]', /^Invalid value: 'tool_result'/],
  ['a role of chat', { input: [{ role: 'tool', content: 'x' }] }, 'input[0].role', /input\[0\].role/],
  [
    'tool_calls',
    { input: [{ role: 'assistant', content: 'x', tool_calls: [] }] },
    'input[0].tool_calls',
    "Unknown parameter: 'input[0].tool_calls'.",
  ],
  ['a call id as item id', { input: [{ ...call, id: 'call_1' }] }, 'input[0].id', /begins with 'fc'/],
  [
    'an output without call',
    { input: [{ type: 'function_call_output', call_id: 'call_9', output: 'x' }] },
    'input',
    'No tool call found for function call output with call_id call_9.',
  ],
  ['a call without output', { input: [call] }, 'input', 'No tool output found for function call call_1.'],
  [
    'a chat tool',
    { input: 'x', tools: [{ type: 'function', function: { name: 'f' } }] },
    'tools[0].name',
    /tools\[0\]/,
  ],
  [
    'a loose strict tool',
    { input: 'x', tools: [{ ...tool, strict: true }] },
    'tools[0].parameters',
    /additionalProperties/,
  ],
  [
    'a tool that is not offered',
    { input: 'x', tools: [tool], tool_choice: { type: 'function', name: 'g' } },
    'tool_choice',
    /'g' not found/,
  ],
  [
    'json without the word',
    { input: 'x', text: { format: { type: 'json_object' } } },
    'input',
    /must contain the word 'json'/,
  ],
  ['background without store', { input: 'x', background: true, store: false }, 'background', /store/],
  ['stream options without stream', { input: 'x', stream_options: {} }, 'stream_options', /only allowed when 'stream'/],
])('%s', async (_name, body, param, message) => {
  expect(await refused(body)).toMatchObject({
    status: 400,
    error: {
      type: 'invalid_request_error',
      param,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    },
  });
});

test('a fault that is not of this format is refused, not ignored', async () => {
  expect(await refused({ input: 'x [[simulate: tool-index-gaps]]' })).toMatchObject({
    status: 400,
    error: { message: expect.stringContaining('tool-index-gaps') },
  });
});
