import { POLICIES } from '@parley/contracts/policies';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { labelOf, singular, unitFor, unitsOf } from './field-words.ts';
import { hasPlace, nodeOf, type Schema, startValue } from './schema-node.ts';

const schemaOf = (shape: z.ZodType): Schema => z.toJSONSchema(shape, { io: 'input' }) as Schema;

const rules = z.strictObject({
  mode: z.enum(['enforce', 'report']).default('enforce'),
  timeoutMs: z.number().int().min(1).max(60_000).default(5000),
  failOpen: z.boolean().default(false),
  note: z.string().optional(),
  hosts: z.array(z.string()).default([]),
  methods: z.array(z.enum(['GET', 'POST'])).default(['GET']),
  codes: z.array(z.number()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  nested: z.strictObject({ depth: z.number().int() }).optional(),
  steps: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('drop'), header: z.string() }),
      z.strictObject({ kind: z.literal('wait'), waitMs: z.number().default(10) }),
    ]),
  ),
  limit: z.number().nullable().default(null),
  anything: z.json().optional(),
});

describe('forms made from the shapes of policies', () => {
  it('show each kind of field as what it is', () => {
    const { properties } = schemaOf(rules);
    const kinds = Object.fromEntries(
      Object.entries(properties ?? {}).map(([name, field]) => [name, nodeOf(field).kind]),
    );
    expect(kinds).toEqual({
      mode: 'choice',
      timeoutMs: 'number',
      failOpen: 'boolean',
      note: 'text',
      hosts: 'lines',
      methods: 'checks',
      codes: 'lines',
      labels: 'pairs',
      nested: 'group',
      steps: 'list',
      limit: 'number',
      anything: 'raw',
    });
  });

  it('show documents, references, and objects under names of one’s own', () => {
    const upstream = z.string().min(1).max(63).meta({ refersTo: 'upstream' });
    const shape = schemaOf(
      z.strictObject({
        document: z.string().max(65_536).optional().describe('The query'),
        when: z.string().max(500).meta({ format: 'code' }).default('').describe('A condition'),
        upstream: upstream.describe('Who answers'),
        to: z.array(upstream).default([]),
        calls: z.record(z.string(), z.strictObject({ path: z.string(), upstream })).default({}),
        scripts: z.array(z.string().max(5000)),
        share: z.number().int().min(0).max(10_000).meta({ unit: 'basisPoints' }).default(0).describe('Its share'),
      }),
    );
    const kinds = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, nodeOf(field).kind]);
    expect(Object.fromEntries(kinds)).toEqual({
      document: 'code',
      when: 'code',
      upstream: 'reference',
      to: 'references',
      calls: 'entries',
      scripts: 'list',
      share: 'number',
    });
    expect(unitsOf('share', shape.properties?.['share']?.unit)).toEqual([{ label: '%', size: 100 }]);
    expect(startValue(shape)).toMatchObject({ to: [], calls: {}, share: 0 });
    const value = { calls: { orders: { path: '/x', upstream: 'shop' } } };
    expect(hasPlace(shape, value, ['calls', 'orders', 'path'])).toBe(true);
    expect(hasPlace(shape, value, ['calls', 'gone', 'path'])).toBe(false);
  });

  it('start with the defaults, and with nothing where nothing is needed', () => {
    expect(startValue(schemaOf(rules))).toEqual({
      mode: 'enforce',
      timeoutMs: 5000,
      failOpen: false,
      hosts: [],
      methods: ['GET'],
      steps: [{ kind: 'drop' }],
      limit: null,
    });
  });

  it('show an issue beside its field, where the form has that field', () => {
    const schema = schemaOf(rules);
    const value = { hosts: ['x'], steps: [{ kind: 'wait', waitMs: -1 }] };
    for (const path of ['timeoutMs', 'hosts.0', 'steps.0.waitMs', 'steps.0.kind', 'steps', 'anything.a.b']) {
      expect(hasPlace(schema, value, path.split('.')), path).toBe(true);
    }
    for (const path of ['unknown', 'steps.1.waitMs', 'steps.0.header', 'nested.depth']) {
      expect(hasPlace(schema, value, path.split('.')), path).toBe(false);
    }
  });

  it('fit every policy there is: none needs its settings typed as JSON', () => {
    for (const [kind, shape] of Object.entries(POLICIES)) {
      const schema = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }) as Schema;
      expect(nodeOf(schema).kind, kind).toMatch(/^(?:group|variants)$/);
    }
  });
});

describe('words of fields', () => {
  it('are plain, with the unit beside the field', () => {
    expect(labelOf('maxBodyBytes')).toBe('Max body');
    expect(labelOf('allowedIpRanges')).toBe('Allowed IP ranges');
    expect(labelOf('jwksUrl')).toBe('JWKS URL');
    expect(labelOf('seconds')).toBe('Seconds');
    expect(['Rules', 'Addresses', 'Policies', 'Access'].map(singular)).toEqual(['rule', 'address', 'policy', 'access']);
  });

  it('say a number in the largest unit it is whole in', () => {
    expect(unitFor(300_000, unitsOf('timeoutMs'))).toEqual({ label: 'minutes', size: 60_000 });
    expect(unitFor(1500, unitsOf('timeoutMs'))).toEqual({ label: 'ms', size: 1 });
    expect(unitFor(0, unitsOf('timeoutMs'))).toEqual({ label: 'ms', size: 1 });
    expect(unitFor(5, unitsOf('count'))).toBeUndefined();
  });
});
