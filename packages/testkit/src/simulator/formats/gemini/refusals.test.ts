import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../start.ts';

/** What Gemini refuses, in Google's shape and words. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const VERTEX = '/v1/projects/demo/locations/global/publishers/google/models';

async function send(path: string, body: object, headers: Record<string, string> = { 'x-goog-api-key': 'sim-test' }) {
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(response.headers.get('x-parley-simulator')).toBe('1');
  return { status: response.status, body: (await response.json()) as { error: Record<string, unknown> } };
}

const generate = (body: object) =>
  send('/v1beta/models/sim-small:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...body });

const parameters = (schema: object) => ({
  tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT', properties: { a: schema } } }] }],
});
const call = { functionCall: { name: 'f', args: {} } };
const result = { functionResponse: { name: 'f', response: {} } };
const turns = (...contents: [string, ...object[]][]) => ({
  contents: contents.map(([role, ...parts]) => ({ role, parts })),
});
const hi = { text: 'Hi' };

test.each([
  ['an unknown field', { messages: [] }, 'Invalid JSON payload received. Unknown name "messages": Cannot find field.'],
  [
    'a nested one',
    { generationConfig: { max_tokens: 4 } },
    `Invalid JSON payload received. Unknown name "max_tokens" at 'generation_config': Cannot find field.`,
  ],
  [
    'additionalProperties',
    parameters({ type: 'OBJECT', additionalProperties: false }),
    /Unknown name "additionalProperties" at 'tools\[0\].function_declarations\[0\].parameters.properties\[0\].value': Cannot find field/,
  ],
  ['a list of types', parameters({ type: ['string', 'null'] }), /properties\[0\].value.type/],
  [
    'a type nobody knows',
    parameters({ type: 'text' }),
    /Invalid value at 'tools\[0\].function_declarations\[0\].parameters.properties\[0\].value.type' \(type.googleapis.com/,
  ],
  ['an array without items', parameters({ type: 'ARRAY' }), /parameters.properties\[a\].items: missing field/],
  ['an enum of numbers', parameters({ type: 'INTEGER', enum: ['1'] }), /only allowed for STRING type/],
  [
    'a format of JSON Schema',
    parameters({ type: 'STRING', format: 'uuid' }),
    /only 'enum' and 'date-time' are supported/,
  ],
  ['a bad function name', { tools: [{ functionDeclarations: [{ name: 'a b' }] }] }, /Invalid function name/],
  ['no contents', { contents: [] }, '* GenerateContentRequest.contents: contents is not specified\n'],
  ['a role of chat', turns(['assistant', hi]), 'Please use a valid role: user, model.'],
  ['an empty part', turns(['user', {}]), /required oneof field 'data' must have one initialized field/],
  ['two in one part', turns(['user', { text: 'a', functionCall: { name: 'f' } }]), /oneof field 'data' is already set/],
  [
    'a result that is text',
    turns(['user', hi], ['model', call], ['user', { functionResponse: { name: 'f', response: 'x' } }]),
    /google.protobuf.Struct/,
  ],
  [
    'a result too few',
    turns(['user', hi], ['model', call, call], ['user', result]),
    /number of function response parts is equal/,
  ],
  [
    'a call without result',
    turns(['user', hi], ['model', call], ['user', hi]),
    /number of function response parts is equal/,
  ],
  [
    'a result without call',
    turns(['user', hi], ['user', result]),
    /function response turn comes immediately after a function call turn/,
  ],
  ['a call first', turns(['model', call], ['user', result]), /function call turn comes immediately after a user turn/],
  ['an image without type', turns(['user', { inlineData: { data: 'AA==' } }]), /mime_type/],
  [
    'a type it does not read',
    turns(['user', { inlineData: { mimeType: 'application/zip', data: 'AA==' } }]),
    'Unsupported MIME type: application/zip',
  ],
  ['a schema without JSON', { generationConfig: { responseSchema: { type: 'STRING' } } }, /response_mime_type/],
  ['a temperature too high', { generationConfig: { temperature: 3 } }, /temperature must be in the range/],
  [
    'ANY without functions',
    { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
    /without function_declarations/,
  ],
])('%s', async (_name, body, message) => {
  const { status, body: answer } = await generate(body);
  expect({ status, ...answer.error }).toMatchObject({
    status: 'INVALID_ARGUMENT',
    code: 400,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
  expect(status).toBe(400);
});

test('cached content that was never made is not there', async () => {
  const answer = await generate({ cachedContent: 'cachedContents/abc' });
  expect(answer).toMatchObject({ status: 403, body: { error: { status: 'PERMISSION_DENIED' } } });
});

test('takes names in snake_case as well, and a member for a list', async () => {
  const { status } = await send('/v1beta/models/sim-small:generateContent', {
    contents: { role: 'user', parts: { text: 'Hi' } },
    system_instruction: { parts: [{ text: 'Be kind' }] },
    generation_config: { max_output_tokens: 50 },
  });
  expect(status).toBe(200);
});

test('every violation is named, in the details too', async () => {
  const { body } = await generate({ a: 1, b: 2 });
  const description = (name: string) => expect.stringContaining(`Unknown name "${name}"`);
  expect(body.error.details).toEqual([
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [
        { field: '', description: description('a') },
        { field: '', description: description('b') },
      ],
    },
  ]);
  expect(body.error.message).toContain('"b"');
});

test('Vertex AI knows no ids of calls, and takes bearer tokens only', async () => {
  const withId = turns(['user', hi], ['model', { functionCall: { id: '1', name: 'f', args: {} } }], ['user', result]);
  const path = `${VERTEX}/sim-small:generateContent`;
  const { status, body } = await send(path, withId, { authorization: 'Bearer sim-token' });
  expect(status).toBe(400);
  expect(body.error.message).toBe(
    `Invalid JSON payload received. Unknown name "id" at 'contents[1].parts[0].function_call': Cannot find field.`,
  );
  const keyed = await send(path, turns(['user', hi]));
  expect(keyed).toMatchObject({ status: 401, body: { error: { status: 'UNAUTHENTICATED' } } });
});

test.each<[string, Record<string, string>, number, string]>([
  ['no key', {}, 403, 'PERMISSION_DENIED'],
  ['a wrong key', { 'x-goog-api-key': 'AIza-other' }, 400, 'INVALID_ARGUMENT'],
])('%s', async (_name, headers, status, name) => {
  const answer = await send('/v1beta/models/sim-small:generateContent', turns(['user', hi]), headers);
  expect(answer).toMatchObject({ status, body: { error: { code: status, status: name } } });
});

test('a key in the address is good, and kept out of the log', async () => {
  const path = '/v1beta/models/sim-small:generateContent?key=sim-in-address';
  expect((await send(path, turns(['user', hi]), {})).status).toBe(200);
  const other = '/v1beta/models/sim-small:generateContent?key=AIza-secret';
  expect((await send(other, turns(['user', hi]), { 'x-goog-api-key': 'AIza-secret' })).status).toBe(400);
  expect(JSON.stringify(simulator.requests())).not.toContain('AIza-secret');
});

test('an error of a call that would have streamed an array is in an array', async () => {
  const { status, body } = await send('/v1beta/models/sim-small:streamGenerateContent', { contents: [] });
  expect(status).toBe(400);
  expect(body).toMatchObject([{ error: { code: 400 } }]);
});
