import { type GraphqlPolicy, graphqlPolicy } from '@parley/contracts/policies/graphql';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CompiledGraphql, compileGraphql, type Issue } from './compile.ts';

const SDL = `
  "A unit of sale."
  type Product { id: ID! name: String price: Float! tags: [String!]! status: Status! owner: Owner }
  enum Status { OPEN SOLD }
  interface Owner { name: String! }
  type Person implements Owner { name: String! age: Int }
  type Firm implements Owner { name: String! vat: String! }
  input Money { amount: Int!, currency: String = "EUR" }
  input NewProduct { name: String!, price: Money!, tags: [String!], status: Status, parent: NewProduct }
  type Query { product(id: ID!): Product products(first: Int = 10, status: [Status!]): [Product!]! }
  type Mutation { addProduct(input: NewProduct!): Product! }
  type Subscription { sold: Product }
`;
const GET = { method: 'GET', path: '/products/{id}' };
const POST = { method: 'POST', path: '/products' };
const ONE = 'query One($id: ID!) { product(id: $id) { id name } }';
const BY_ID = [{ name: 'id', from: 'path' as const }];

const policyOf = (given: object): GraphqlPolicy => graphqlPolicy.parse(given);
const issuesOf = (given: object, route = GET): readonly Issue[] => {
  const out = compileGraphql(policyOf(given), route);
  return 'plan' in out ? [] : out;
};
function compiled(given: object, route = GET): CompiledGraphql {
  const out = compileGraphql(policyOf(given), route);
  if (!('plan' in out)) throw new Error(JSON.stringify(out));
  return out;
}

describe('a document', () => {
  it.each([
    ['nothing', {}, 'document', 'Write the query'],
    ['a typing mistake', { document: 'query {\n  product(id: 1 { id }\n}' }, 'document', 'Line 2, column 17'],
    ['no operation', { document: 'fragment A on B { c }' }, 'document', ''],
    ['a subscription', { document: 'subscription { sold { id } }' }, 'document', 'subscription'],
    ['several operations', { document: 'query A { a } query B { b }' }, 'operationName', 'choose one of A, B'],
    ['an operation that is not there', { document: 'query A { a }', operationName: 'C' }, 'operationName', '“C”'],
    ['an undeclared variable', { document: '{ product(id: $id) { id } }' }, 'document', '"$id"'],
    ['a ring of fragments', { document: '{ a { ...X } } fragment X on A { b { ...X } }' }, 'document', 'itself'],
    ['thousands of tokens', { document: `{ ${'a '.repeat(6000)} }` }, 'document', 'tokens'],
    ['thousands of levels', { document: `{${' a {'.repeat(2400)} b ${'}'.repeat(2400)} }` }, 'document', ''],
    ['a field the schema does not have', { document: '{ shop { id } }', schema: SDL }, 'document', 'Line 1, column 3'],
    ['a schema that is none', { document: ONE, schema: 'type {' }, 'schema', 'Line 1'],
    ['JSON that is no schema', { document: ONE, schema: '{"data":{}}' }, 'schema', ''],
    ['a result that is not asked for', { document: ONE, variables: BY_ID, result: '/shop' }, 'result', 'nothing'],
  ])('with %s is refused', (_, given, path, message) => {
    const [issue] = issuesOf(given);
    expect(issue?.path).toBe(path);
    expect(issue?.message).toContain(message);
  });

  it('may be a mutation only where calls may change something', () => {
    const given = { document: 'mutation { addProduct(input: {}) { id } }' };
    expect(issuesOf(given, GET)[0]?.message).toContain('needs a route for POST');
    expect(issuesOf(given, { ...POST, method: '*' })).toHaveLength(1);
    expect(issuesOf(given, POST)).toEqual([]);
  });

  it('travels as its chosen operation and the fragments of that alone', () => {
    const document = 'query A { a ...F } query B { b } fragment F on Q { c } # why\n';
    expect(compiled({ document, operationName: 'B' }).plan.query).toBe('query B{b}');
    expect(compiled({ document, operationName: 'A' }).plan.query).toBe('query A{a ...F}fragment F on Q{c}');
  });
});

describe('variables', () => {
  it('have to be declared, to be filled, and to come from where the route has something', () => {
    const wrong = (variables: object[], route = GET) =>
      issuesOf({ document: ONE, variables }, route).map(({ path }) => path);
    expect(wrong([])).toEqual(['variables']);
    expect(wrong([{ name: 'no', from: 'query' }, ...BY_ID])).toEqual(['variables.0.name']);
    expect(wrong([...BY_ID, ...BY_ID])).toEqual(['variables.1.name']);
    expect(wrong([{ name: 'id', from: 'path', at: 'key' }])).toEqual(['variables.0.at']);
    expect(wrong([{ name: 'id', from: 'body' }])).toEqual(['variables.0.from']);
    expect(wrong([{ name: 'id', from: 'body' }], POST)).toEqual([]);
    expect(wrong([{ name: 'id', from: 'value', value: true }])).toEqual(['variables.0.value']);
    expect(wrong([{ name: 'id', from: 'value', value: 'x' }])).toEqual([]);
  });

  it('that hold fields come from the body', () => {
    const document = 'mutation Add($input: NewProduct!) { addProduct(input: $input) { id } }';
    const from = (place: string) =>
      issuesOf(
        { document, schema: SDL, variables: [{ name: 'input', from: place, ...(place === 'body' ? { at: '' } : {}) }] },
        POST,
      );
    expect(from('query')[0]?.message).toContain('take it from the body');
    expect(from('body')).toEqual([]);
  });

  it.each([
    [{ name: 'a', from: 'value' }],
    [{ name: 'a', from: 'query', value: 1 }],
    [{ name: 'a', from: 'body', at: 'no-pointer' }],
    [{ name: 'a', from: 'header', at: 'authorization' }],
    [{ name: 'a', from: 'header', at: 'a b' }],
  ])('are refused by their form: %j', (variable) => {
    expect(graphqlPolicy.safeParse({ document: ONE, variables: [variable] }).success).toBe(false);
  });
});

describe('the shape of an endpoint', () => {
  const document = `
    query Many($first: Int = 10, $status: [Status!]) {
      products(first: $first, status: $status) {
        id price status tags label: name
        owner { name ... on Person { age } ... on Firm @include(if: true) { vat } }
      }
    }`;
  const variables = [
    { name: 'first', from: 'query' as const, at: 'limit' },
    { name: 'status', from: 'query' as const },
  ];
  const told = (schema?: string) =>
    compiled({ document, variables, result: '/products', ...(schema ? { schema } : {}) }).shape;
  const ANSWER = {
    type: 'array',
    items: {
      type: 'object',
      required: ['id', 'price', 'status', 'tags', 'label', 'owner'],
      properties: {
        id: { type: 'string' },
        price: { type: 'number' },
        status: { type: 'string', enum: ['OPEN', 'SOLD'] },
        tags: { type: 'array', items: { type: 'string' } },
        label: { type: ['string', 'null'] },
        owner: {
          type: ['object', 'null'],
          required: ['name'],
          properties: { name: { type: 'string' }, age: { type: ['integer', 'null'] }, vat: { type: 'string' } },
        },
      },
    },
  };

  it('is that of the variables and the selected fields, by SDL or by introspection', () => {
    expect(told(SDL).answer).toEqual(ANSWER);
    const introspection = JSON.stringify({ data: introspectionFromSchema(buildSchema(SDL)) });
    expect(told(introspection).answer).toEqual(ANSWER);
    expect(told(SDL).parameters).toEqual([
      { in: 'query', name: 'limit', required: false, schema: { type: 'integer' } },
      {
        in: 'query',
        name: 'status',
        required: false,
        schema: { type: 'array', items: { type: 'string', enum: ['OPEN', 'SOLD'] } },
      },
    ]);
  });

  it('names the fields even when nobody knows the schema', () => {
    expect(told().answer).toEqual({
      properties: {
        id: {},
        price: {},
        status: {},
        tags: {},
        label: {},
        owner: { properties: { name: {}, age: {}, vat: {} } },
      },
    });
  });

  it('of types and fragments that double at every level is told as far as anybody reads', () => {
    const names = Array.from({ length: 30 }, (_, at) => `i${at}: Deep`).join(' ');
    const schema = `${SDL} input Deep { ${names} } extend type Query { deep(by: Deep): Product me: Node } type Node { a: Node b: Node }`;
    const fragments = Array.from(
      { length: 60 },
      (_, at) => `fragment F${at} on Node { a { ...F${at + 1} } b { ...F${at + 1} } }`,
    );
    const deep = `query D($by: Deep) { deep(by: $by) { id } me { ...F0 } } ${fragments.join(' ')} fragment F60 on Node { __typename }`;
    const { shape } = compiled({ document: deep, schema, variables: [{ name: 'by', from: 'body', at: '' }] }, POST);
    expect(JSON.stringify(shape).length).toBeLessThan(1_000_000);
  });

  it('puts parts of a body together by their pointers', () => {
    const { shape } = compiled(
      {
        document: 'mutation A($n: String!, $m: Money) { a(n: $n, m: $m) }',
        variables: [
          { name: 'n', from: 'body', at: '/product/name' },
          { name: 'm', from: 'body', at: '/product/price' },
        ],
      },
      POST,
    );
    expect(shape.body).toEqual({
      required: true,
      schema: {
        type: 'object',
        required: ['product'],
        properties: {
          product: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, price: {} } },
        },
      },
    });
  });
});
