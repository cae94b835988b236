import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaInstance } from '../../core/schema-instance.ts';
import { seededDice } from '../../core/seeded.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Ajv, a second implementation of JSON Schema, judges what the simulator makes. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const object = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const SCHEMAS: Readonly<Record<string, Record<string, unknown>>> = {
  ticket: object({
    priority: { type: 'string', enum: ['low', 'normal', 'urgent'] },
    summary: { type: 'string', maxLength: 80 },
    code: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' },
    score: { type: 'number', minimum: 0, maximum: 1 },
    people: { type: 'integer', exclusiveMinimum: 3, maximum: 5 },
    tags: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 4 },
    due: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
    kind: { const: 'ticket' },
    open: { type: 'boolean' },
  }),
  'recursive tree': {
    ...object({ root: { $ref: '#/$defs/node' } }),
    $defs: { node: object({ name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
  },
  'recursive list': {
    ...object({ head: { $ref: '#/$defs/cell' } }),
    $defs: {
      cell: object({ value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/cell' }, { type: 'null' }] } }),
    },
  },
  'allOf and tuple': object({
    both: {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { required: ['b'], properties: { b: { type: 'integer' } } },
      ],
    },
    pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false, minItems: 2 },
    set: { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true, minItems: 2 },
    steps: { type: 'number', multipleOf: 0.25, minimum: 10, maximum: 12 },
  }),
};

test.each(Object.entries(SCHEMAS))('%s: every seed gives a valid instance, the same for the same seed', (_, schema) => {
  const valid = ajv.compile(schema);
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, text) => {
      const make = () =>
        schemaInstance(schema, { text, names: [], sentence: () => 'A sentence.', dice: seededDice(seed) });
      const made = make();
      expect(valid(made), ajv.errorsText(valid.errors)).toBe(true);
      expect(make()).toEqual(made);
    }),
    { numRuns: 200 },
  );
});

test('patterns: whatever the simulator makes for an expression matches it', () => {
  const patterns = [
    '^\\d{3}-[a-f0-9]+$',
    '^(cat|dog)s?$',
    '^[^x]{4,}$',
    '^v\\d+\\.\\d+(-rc\\d)?$',
    '^\\w+@\\w+\\.com$',
    'abc',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...patterns), fc.string(), (pattern, seed) => {
      const made = schemaInstance(
        { type: 'string', pattern },
        { text: '', names: [], sentence: () => '', dice: seededDice(seed) },
      );
      expect(made).toMatch(new RegExp(pattern));
    }),
    { numRuns: 200 },
  );
});

test('the SDK parses structured output, whole and streamed, and words of the question decide enums', async () => {
  const request = {
    model: 'sim-small',
    messages: [{ role: 'user' as const, content: 'The printer is on fire, this is urgent' }],
    response_format: {
      type: 'json_schema' as const,
      json_schema: { name: 'ticket', strict: true, schema: SCHEMAS.ticket as Record<string, unknown> },
    },
  };
  const whole = await client.chat.completions.parse(request);
  const ticket = JSON.parse(whole.choices[0]?.message.content ?? '');
  expect(ajv.validate(SCHEMAS.ticket as object, ticket), ajv.errorsText()).toBe(true);
  expect(ticket.priority).toBe('urgent');
  expect(whole.system_fingerprint).toBe('parley-simulator');
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  expect(JSON.parse(streamed.choices[0]?.message.content ?? '')).toEqual(ticket);
});

test('json_object gives an object, if the messages speak of JSON', async () => {
  const request = (content: string) => ({
    model: 'sim-small',
    messages: [{ role: 'user' as const, content }],
    response_format: { type: 'json_object' as const },
  });
  const { choices } = await client.chat.completions.create(request('Tides, as JSON please'));
  expect(JSON.parse(choices[0]?.message.content ?? '')).toMatchObject({ simulated_by: 'Parley' });
  await expect(client.chat.completions.create(request('Tides'))).rejects.toThrow(/must contain the word 'json'/);
});

test('strict schemas are held to OpenAI’s rules', async () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: [] };
  const send = (found: Record<string, unknown>) =>
    client.chat.completions.create({
      model: 'sim-small',
      messages: [{ role: 'user', content: 'x' }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: found } },
    });
  await expect(send(schema)).rejects.toThrow(/'additionalProperties' is required to be supplied and to be false/);
  await expect(send({ ...schema, additionalProperties: false })).rejects.toThrow(/Missing 'a'/);
  await expect(send({ type: 'array' })).rejects.toThrow(/schema must be a JSON Schema of 'type: "object"'/);
});
