import { describe, expect, it } from 'vitest';
import { fromGeminiSchema, toGeminiSchema } from './schema.ts';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('Gemini’s subset of JSON Schema', () => {
  it('has references in place, wherever they are defined', () => {
    const schema = object(
      { a: { $ref: '#/$defs/A' }, b: { $ref: '#/definitions/B', description: 'mine' } },
      {
        $defs: { A: { type: 'string' } },
        definitions: { B: { type: 'array', items: { $ref: '#/$defs/A' } } },
      },
    );
    expect(toGeminiSchema(schema)).toEqual({
      schema: {
        type: 'OBJECT',
        properties: { a: { type: 'STRING' }, b: { type: 'ARRAY', items: { type: 'STRING' }, description: 'mine' } },
      },
      lost: [],
    });
  });

  it('stops where a schema holds itself, and says so', () => {
    const schema = object({ next: { $ref: '#' } });
    const { schema: written, lost } = toGeminiSchema(schema);
    expect(written).toEqual({
      type: 'OBJECT',
      properties: { next: { type: 'OBJECT', properties: { next: { type: 'OBJECT' } } } },
    });
    expect(lost).toEqual(['a schema that holds itself']);
  });

  it('stays small where references multiply', () => {
    const $defs: Record<string, unknown> = { d0: { type: 'string' } };
    for (let i = 1; i < 30; i++)
      $defs[`d${i}`] = object({ a: { $ref: `#/$defs/d${i - 1}` }, b: { $ref: `#/$defs/d${i - 1}` } });
    const { schema, lost } = toGeminiSchema({ $ref: '#/$defs/d29', $defs });
    expect(JSON.stringify(schema).length).toBeLessThan(200_000);
    expect(lost).toContain('its depth');
  });

  it.each([
    [{ type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    [
      { anyOf: [{ type: 'integer' }, { type: 'null' }], description: 'd' },
      { type: 'INTEGER', nullable: true, description: 'd' },
    ],
    [{ oneOf: [{ type: 'integer' }, { type: 'string' }] }, { anyOf: [{ type: 'INTEGER' }, { type: 'STRING' }] }],
    [{ type: ['integer', 'string'] }, { anyOf: [{ type: 'INTEGER' }, { type: 'STRING' }] }],
    [{ const: 'x' }, { type: 'STRING', enum: ['x'] }],
    [{ enum: ['a', null] }, { type: 'STRING', enum: ['a'], nullable: true }],
    [{ type: 'string', format: 'uri' }, { type: 'STRING' }],
    [
      { type: 'string', format: 'date-time' },
      { type: 'STRING', format: 'date-time' },
    ],
    [{ type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
    [object({}, { additionalProperties: false }), { type: 'OBJECT', properties: {} }],
    [
      object({ a: { type: 'string' } }, { required: ['a', 'gone'] }),
      { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
    ],
    [
      { allOf: [object({ a: { type: 'string' } }, { required: ['a'] }), object({ b: { type: 'number' } })] },
      { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } }, required: ['a'] },
    ],
  ])('says %j as %j', (given, schema) => {
    expect(toGeminiSchema(given)).toEqual({ schema, lost: [] });
  });

  it.each([
    [{ type: 'integer', enum: [1, 2] }, 'values that are no text'],
    [{ type: 'number', exclusiveMinimum: 1 }, '`exclusiveMinimum`'],
    [{}, 'a value of any kind'],
    [object({ a: true }), 'a value of any kind'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, '`additionalProperties`'],
    [{ $ref: 'https://x.example/s' }, 'the reference https://x.example/s'],
    [{ type: 'array', prefixItems: [{}] }, '`prefixItems`'],
  ])('names what of %j it cannot say', (given, what) => {
    expect(toGeminiSchema(given).lost).toContain(what);
  });

  it('comes back as JSON Schema', () => {
    const given = {
      type: 'OBJECT',
      propertyOrdering: ['a'],
      properties: { a: { type: 'ARRAY', minItems: '2', items: { anyOf: [{ type: 'STRING' }], nullable: true } } },
    };
    expect(fromGeminiSchema(given)).toEqual({
      type: 'object',
      properties: { a: { type: 'array', minItems: 2, items: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
    });
  });
});
