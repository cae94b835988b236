import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** The simulator refuses what Cohere refuses, in its words. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

async function post(path: string, body: unknown) {
  const answer = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-1' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, message: ((await answer.json()) as { message?: string }).message };
}

const user = { role: 'user', content: 'Hello' };
const ok = { model: 'sim-small', messages: [user] };
const called = { id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } };
const calls = { role: 'assistant', tool_calls: [called] };
const result = (tool_call_id = 't1') => ({ role: 'tool', tool_call_id, content: 'x' });
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
const texts = { model: 'sim-embedding', input_type: 'search_query' };

test.each<[string, object, number, string | RegExp]>([
  ['/v2/chat', { messages: [user] }, 400, 'invalid request: model is required'],
  [
    '/v2/chat',
    { ...ok, max_completion_tokens: 5 },
    422,
    "unknown field: parameter 'max_completion_tokens' is not a valid field",
  ],
  [
    '/v2/chat',
    { ...ok, messages: 'Hello' },
    422,
    'invalid type: parameter messages is of type string but should be of type list',
  ],
  [
    '/v2/chat',
    { ...ok, messages: [{ ...user, name: 'a' }] },
    422,
    "unknown field: parameter 'messages.0.name' is not a valid field",
  ],
  ['/v2/chat', { ...ok, temperature: 1.5 }, 400, 'invalid request: temperature must be at most 1'],
  ['/v2/chat', { ...ok, p: 1 }, 400, 'invalid request: p must be at most 0.99'],
  [
    '/v2/chat',
    { ...ok, tools, tool_choice: 'AUTO' },
    400,
    'invalid request: tool_choice must be one of REQUIRED, NONE',
  ],
  ['/v2/chat', { ...ok, tool_choice: 'REQUIRED' }, 400, /tool_choice is only valid when tools are specified/],
  [
    '/v2/chat',
    { ...ok, tools, response_format: { type: 'json_object' } },
    400,
    /response_format is not supported with tools/,
  ],
  [
    '/v2/chat',
    { ...ok, messages: [{ role: 'user', content: '' }] },
    400,
    /^invalid request: message must be at least 1 token long/,
  ],
  [
    '/v2/chat',
    { ...ok, messages: [user, { role: 'assistant', content: 'a' }] },
    400,
    /the last message must be from the user or from a tool/,
  ],
  [
    '/v2/chat',
    { ...ok, tools, messages: [user, calls, result('t2')] },
    400,
    /messages\[2\]: tool call id not found in previous tool calls/,
  ],
  [
    '/v2/chat',
    { ...ok, tools, messages: [user, calls, user] },
    400,
    /tool calls without results before messages\[2\]: t1/,
  ],
  ['/v2/chat', { ...ok, model: 'x' }, 404, /^model 'x' not found/],
  ['/v2/embed', { model: 'sim-embedding', texts: ['a'] }, 400, 'invalid request: input_type is required'],
  ['/v2/embed', texts, 400, /exactly one of texts, images or inputs/],
  ['/v2/embed', { ...texts, texts: Array.from({ length: 97 }, () => 'a') }, 400, /must be at most 96 - received 97/],
  ['/v2/embed', { ...texts, texts: ['a'], output_dimension: 300 }, 400, /output_dimension must be one of/],
  ['/v2/rerank', { model: 'sim-rerank', query: 'a', documents: [] }, 400, /list of documents must not be empty/],
  ['/v2/rerank', { model: 'sim-rerank', query: '', documents: ['a'] }, 400, /query must not be empty/],
  ['/v2/nope', {}, 404, /Invalid URL/],
])('%s %j', async (path, body, status, message) => {
  const refused = await post(path, body);
  expect(refused.status).toBe(status);
  if (typeof message === 'string') expect(refused.message).toBe(message);
  else expect(refused.message).toMatch(message);
});

test('a prompt beyond the context window is refused with its length', async () => {
  const long = { ...ok, messages: [{ role: 'user', content: 'word '.repeat(260_000) }] };
  expect((await post('/v2/chat', long)).message).toMatch(
    /^too many tokens: the total number of tokens cannot exceed 256000/,
  );
});
