import { VERBS } from '@parley/services/registry';
import { expect, test } from 'vitest';
import { buildOpenApi } from './openapi.ts';
import { matchRoute } from './route-table.ts';

const document = buildOpenApi('http://portal.test') as {
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>;
};

test('every verb with a REST binding is in the document under a unique operation, and is found by its own path', () => {
  const bound = VERBS.filter((verb) => verb.spec.rest);
  expect(bound.length).toBeGreaterThan(50);
  for (const { spec } of bound) {
    const { method, path } = spec.rest as { method: string; path: string };
    const operation = document.paths[path]?.[method.toLowerCase()];
    expect(operation?.operationId, `${method} ${path}`).toBe(spec.name);
    const sample = path
      .split('/')
      .filter(Boolean)
      .map((segment) => (segment.startsWith('{') ? 'sample-value' : segment));
    const match = matchRoute(method, sample);
    expect(match && 'verb' in match ? match.verb.spec.name : match, `${method} ${path}`).toBe(spec.name);
  }
});

test('every write verb that works on a tenant can be called by a script', () => {
  const missing = VERBS.filter(
    ({ spec }) => spec.kind === 'write' && !spec.rest && spec.access !== 'public' && spec.access !== 'person',
  );
  expect(missing.map((verb) => verb.spec.name)).toEqual([]);
});

test('path parameters are fields of the verb’s input', () => {
  for (const { spec } of VERBS) {
    if (!spec.rest) continue;
    const fields = Object.keys((spec.input as unknown as { shape?: object }).shape ?? {});
    for (const [, name] of spec.rest.path.matchAll(/\{(\w+)\}/g))
      expect(fields, `${spec.name} {${name}}`).toContain(name);
  }
});

test('an unknown path is nothing; a known path with another method says which it takes', () => {
  expect(matchRoute('GET', ['no', 'such', 'thing'])).toBeNull();
  expect(matchRoute('DELETE', ['apply'])).toEqual({ allow: ['POST'] });
});
