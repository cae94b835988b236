import { describe, expect, it } from 'vitest';
import { buildContract } from './build-contract.ts';
import { ContractSchemas } from './check-value.ts';
import { importedRoutes } from './imported-routes.ts';

const check = (schema: Record<string, unknown>, components: Record<string, unknown> = {}, openapi = '3.1.0') => {
  const document = {
    openapi,
    paths: { '/x': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
    components: { schemas: components },
  };
  const contract = buildContract(document);
  const body = contract.operations[0]?.body?.content['application/json'];
  if (body === undefined || body === null) throw new Error('no schema');
  return new ContractSchemas(contract.definitions).compile(body);
};

describe('importing', () => {
  it('makes one route for each operation, in order, with names that routes take', () => {
    const document = {
      paths: {
        '/pets/{pet-id}': { get: { summary: 'One pet' }, delete: {}, parameters: [] },
        '/pets': { post: { operationId: 'addPet' } },
      },
    };
    expect(importedRoutes(document)).toEqual({
      routes: [
        { method: 'GET', path: '/pets/{pet_id}', summary: 'One pet' },
        { method: 'DELETE', path: '/pets/{pet_id}', summary: '' },
        { method: 'POST', path: '/pets', summary: 'addPet' },
      ],
      problems: [],
    });
  });

  it.each([
    ['other.yaml#/Pet', 'refers to another document'],
    ['https://evil.test/x.json', 'refers to another document'],
    ['file:///etc/passwd', 'refers to another document'],
    ['#/components/schemas/Gone', 'leads nowhere'],
    ['#pet', 'anchor'],
  ])('refuses the reference %s in a sentence', ($ref, word) => {
    const { problems } = importedRoutes({ paths: { '/x': { get: { responses: { 200: { $ref } } } } } });
    expect(problems).toEqual([expect.stringContaining(word)]);
    expect(problems[0]).toContain($ref);
  });

  it.each(['/a/{x}.json', '/a//b', 'a', '/a/{x}{y}'])('refuses the path %s', (path) => {
    expect(importedRoutes({ paths: { [path]: { get: {} } } }).problems[0]).toContain('cannot be a route');
  });

  it('survives documents that are not what they say', () => {
    for (const document of [
      null,
      1,
      [],
      {},
      { paths: [] },
      { paths: { '/x': null } },
      { paths: { '/x': { get: 1 } } },
    ]) {
      expect(importedRoutes(document).problems).toContain('It describes no operation.');
    }
  });
});

describe('checking', () => {
  it('names every field that is wrong, by pointer', () => {
    const fits = check(
      { $ref: '#/components/schemas/Pet' },
      {
        Pet: {
          type: 'object',
          required: ['name', 'a/b'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', minLength: 2 },
            'a/b': { type: 'integer' },
            kind: { enum: ['cat', 'dog'] },
            tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
          },
        },
      },
    );
    expect(fits({ name: 'Tom', 'a/b': 1, kind: 'cat', tags: ['x'] })).toEqual([]);
    expect(
      fits({ name: 'T', kind: 'cow', tags: [1, 'x', 'x'], more: 1 })
        .map((one) => one.pointer)
        .sort(),
    ).toEqual(['/a~1b', '/kind', '/more', '/name', '/tags', '/tags/0'].sort());
  });

  it('reads the old ways of OpenAPI 3.0', () => {
    const fits = check(
      { type: 'object', properties: { n: { type: 'integer', nullable: true, minimum: 0, exclusiveMinimum: true } } },
      {},
      '3.0.3',
    );
    expect(fits({ n: null })).toEqual([]);
    expect(fits({ n: 1 })).toEqual([]);
    expect(fits({ n: 0 })).toHaveLength(1);
  });

  it('asks callers for nothing that is read-only', () => {
    const fits = check({ type: 'object', required: ['id', 'name'], properties: { id: { readOnly: true }, name: {} } });
    expect(fits({ name: 'x' })).toEqual([]);
    expect(fits({})).toEqual([{ pointer: '/name', message: 'It is missing.' }]);
  });

  it.each([
    ['date', '2026-02-28', '2026-02-30'],
    ['date-time', '2026-11-21T15:00:00Z', '2026-11-21 15:00'],
    ['uuid', '0b9f3c1e-8d5f-4b0c-9c33-5a0f6e1b7a10', 'no'],
    ['email', 'a@b.example', 'a@b'],
    ['uri', 'https://a.example/x', '//a'],
    ['ipv4', '192.0.2.1', '192.0.2.256'],
  ])('knows the format %s', (format, good, bad) => {
    const fits = check({ type: 'string', format });
    expect(fits(good)).toEqual([]);
    expect(fits(bad)).toHaveLength(1);
  });

  it('refuses a pattern beyond RE2 when it is compiled, and runs the others in linear time', () => {
    expect(() => check({ type: 'string', pattern: '(?=a)b' })).toThrow();
    const slow = check({ type: 'string', pattern: '^(a+)+$' });
    const before = process.cpuUsage();
    expect(slow(`${'a'.repeat(50_000)}!`)).toHaveLength(1);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });

  it('gives up on schemas that double with every level, instead of checking for ever', () => {
    const doubling = { anyOf: [{ $ref: '#/components/schemas/D0' }, { $ref: '#/components/schemas/D0' }] };
    const components = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => {
        const next = { $ref: `#/components/schemas/D${i + 1}` };
        return [`D${i}`, i === 39 ? { type: 'string' } : { anyOf: [next, next] }];
      }),
    );
    const before = process.cpuUsage();
    expect(check(doubling, components)(1)).toEqual([
      { pointer: '', message: 'It is too large or too deep to be checked.' },
    ]);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });

  it('survives a schema that is nothing but itself', () => {
    const self = { Loop: { $ref: '#/components/schemas/Loop' } };
    expect(check({ $ref: '#/components/schemas/Loop' }, self, '3.0.0')(1)).toHaveLength(1);
  });

  it('checks trees that refer to themselves', () => {
    const Tree = {
      type: 'object',
      properties: { kids: { type: 'array', items: { $ref: '#/components/schemas/Tree' } }, n: { type: 'number' } },
    };
    const fits = check({ $ref: '#/components/schemas/Tree' }, { Tree });
    expect(fits({ kids: [{ kids: [{ n: 1 }] }] })).toEqual([]);
    expect(fits({ kids: [{ kids: [{ n: 'x' }] }] })).toEqual([
      { pointer: '/kids/0/kids/0/n', message: 'It must be number.' },
    ]);
  });
});
