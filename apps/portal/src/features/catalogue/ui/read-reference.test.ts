import { expect, test } from 'vitest';
import { exampleOf, readOperations } from './read-reference.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  paths: {
    '/forecast/{city}': {
      parameters: [{ name: 'city', in: 'path', required: true, schema: { type: 'string', examples: ['Oslo'] } }],
      get: {
        summary: 'Forecast',
        parameters: [
          { $ref: '#/components/parameters/Days' },
          { name: 'session', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: { '200': { $ref: '#/components/responses/Forecast' } },
      },
    },
    '/': {
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } },
        },
        responses: { '200': { description: 'ok', content: { 'text/event-stream': {} } } },
      },
    },
  },
  components: {
    parameters: { Days: { name: 'days', in: 'query', schema: { type: 'integer', minimum: 3 } } },
    responses: {
      Forecast: { description: 'The forecast.', content: { 'application/json': { schema: { type: 'object' } } } },
    },
    schemas: {
      Node: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Node' } },
      },
    },
  },
};

test('operations come with shared and referenced parameters, bodies and answers', () => {
  const [root, forecast] = readOperations(DOCUMENT);
  expect(forecast).toMatchObject({
    id: 'get /forecast/{city}',
    method: 'GET',
    parameters: [
      { name: 'city', in: 'path', required: true },
      { name: 'days', in: 'query', required: false },
    ],
    body: null,
    responses: [{ status: '200', description: 'The forecast.' }],
    streams: false,
  });
  expect(root).toMatchObject({ summary: 'POST /', body: { required: true, example: { name: 'text' } }, streams: true });
});

test('a schema that holds itself ends, and nonsense reads as nothing', () => {
  const [root] = readOperations(DOCUMENT);
  expect(root?.body?.schema).toMatchObject({ properties: { next: { title: 'Node' } } });
  for (const nonsense of [null, 'x', [], {}, { paths: 3 }, { paths: { '/': null } }]) {
    expect(readOperations(nonsense)).toEqual([]);
  }
  expect(
    readOperations({ paths: { '/': { get: { requestBody: { $ref: '#/a/__proto__' }, responses: 7 } } } }),
  ).toMatchObject([{ body: null, responses: [] }]);
});

test('examples prefer what the schema names and fit its type otherwise', () => {
  expect(exampleOf({ type: 'string', enum: ['a', 'b'] })).toBe('a');
  expect(exampleOf({ type: 'integer', minimum: 5 })).toBe(5);
  expect(exampleOf({ type: ['null', 'boolean'] })).toBe(true);
  expect(
    exampleOf({ allOf: [{ type: 'object', properties: { a: { const: 1 } } }, { properties: { b: { default: 2 } } }] }),
  ).toEqual({
    a: 1,
    b: 2,
  });
  expect(exampleOf({})).toBe(undefined);
});
