import { expect, it } from 'vitest';
import { coerce, fromTexts, type Problem, readType } from './input-types.ts';

const TYPES = {
  Status: { values: ['OPEN', 'SOLD'] },
  Money: { fields: { amount: { type: 'Int!', optional: false }, currency: { type: 'String!', optional: true } } },
};

function held(type: string, value: unknown): unknown {
  const problems: Problem[] = [];
  const out = coerce(readType(type), value, TYPES, { pointer: '', problems });
  return problems.length > 0 ? problems.map(({ pointer, message }) => `${pointer} ${message}`) : out;
}
const text = (type: string, ...texts: string[]): unknown => held(type, fromTexts(readType(type), texts));

it('takes of JSON what GraphQL takes of variables', () => {
  const fine: [string, unknown][] = [
    ['Int', 2_147_483_647],
    ['Int', -2_147_483_648],
    ['Float!', 1.5],
    ['ID', 7],
    ['[Int!]!', [1, 2]],
    ['[[Int]]', [[1, null], null]],
    ['Money', { amount: 1 }],
    ['DateTime', { any: ['thing'] }],
    ['Status', null],
  ];
  for (const [type, value] of fine) expect(held(type, value), type).toEqual(value);
  expect(held('[Status!]', 'OPEN')).toEqual(['OPEN']);
});

it.each([
  ['Int', 2_147_483_648, ' It must be a whole number of 32 bits.'],
  ['Int', 1.5, ' It must be a whole number of 32 bits.'],
  ['Int', '1', ' It must be a whole number of 32 bits.'],
  ['String', 1, ' It must be a text.'],
  ['Boolean!', null, ' It must not be null.'],
  ['[Int!]', [1, 'x', null], '/1 It must be a whole number of 32 bits.'],
  ['Status', 'GONE', ' It must be one of OPEN, SOLD.'],
  ['Money', [1], ' It must be an object.'],
  ['Money', { amount: 'x', more: 1 }, '/amount It must be a whole number of 32 bits.'],
  ['Money', { currency: 'EUR' }, '/amount It is missing.'],
  ['Money', JSON.parse('{"amount":1,"__proto__":{"admin":true}}'), '/__proto__ There is no such field.'],
])('names what does not fit %s: %j', (type, value, first) => {
  expect((held(type, value) as string[])[0]).toBe(first);
});

it('reads texts by the declared type', () => {
  expect([text('Int', '12'), text('Float', '1e3'), text('Boolean', 'true'), text('ID', '12')]).toEqual([
    12,
    1000,
    true,
    '12',
  ]);
  expect(text('[Int!]', '1', '2')).toEqual([1, 2]);
  expect(text('Status', 'OPEN')).toBe('OPEN');
  for (const [type, ...texts] of [
    ['Int', '1.5'],
    ['Int', ''],
    ['Float', 'NaN'],
    ['Float', '0x1'],
    ['Boolean', '1'],
    ['Int', '1', '2'],
  ] as const)
    expect(Array.isArray(text(type, ...texts)), `${type} ${texts.join()}`).toBe(true);
});
