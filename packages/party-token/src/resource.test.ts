import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNarrower } from './narrow.ts';
import { covers, fits, normalizedPath } from './resource.ts';

it.each([
  ['api:a/b/v1/orders/*', 'api:a/b/v1/orders/17', true],
  ['api:a/b/v1/orders/*', 'api:a/b/v1/orders/', false],
  ['api:a/b/v1/orders/*', 'api:a/b/v1/orders/17/lines', false],
  ['api:a/b/v1/orders/**', 'api:a/b/v1/orders/17/lines', true],
  ['api:a/b/v1/orders/**', 'api:a/b/v1/orders', true],
  ['api:a/b/v1/orders/**', 'api:a/b/v1/orders2', false],
  ['api:a/b/v1/orders', 'api:a/b/v1/orders/', false],
  ['api:**', 'api:a/b/v1/x', true],
  ['api:**', 'model:a/fast', false],
  ['model:a/*', 'model:a/fast', true],
  ['model:*/fast', 'model:b/fast', true],
  ['api:a/b', 'api:A/b', false],
  ['api:a/.*', 'api:a/xx', false],
])('%s fits %s: %s (PT-4.2)', (pattern, resource, expected) => {
  expect(fits(pattern, resource)).toBe(expected);
});

it('compares paths with unreserved characters decoded, and nothing else (PT-4.2)', () => {
  expect(normalizedPath('/%6frders/%7Ex/%2F..%2f/%zz/%c3%a9')).toBe('/orders/~x/%2F..%2F/%zz/%C3%A9');
});

const segment = fc.constantFrom('a', 'b', '', 'x', 'orders');
const resource = fc
  .tuple(fc.constantFrom('api', 'model'), fc.array(segment, { minLength: 1, maxLength: 4 }))
  .map(([kind, parts]) => `${kind}:${parts.join('/')}`);
const pattern = fc
  .tuple(
    fc.constantFrom('api', 'model'),
    fc.array(fc.oneof(segment, fc.constant('*')), { minLength: 0, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([kind, parts, open]) => `${kind}:${[...parts, ...(open || parts.length === 0 ? ['**'] : [])].join('/')}`);

describe('narrower (PT-4.7)', () => {
  it('what a pattern covers fits nothing that the pattern does not fit', () => {
    const said = fc.check(
      fc.property(
        pattern,
        pattern,
        resource,
        (outer, inner, one) => !(covers(outer, inner) && fits(inner, one)) || fits(outer, one),
      ),
      { numRuns: 3000 },
    );
    expect(said.counterexample).toBeNull();
  });

  it('every pattern covers itself', () => {
    expect(fc.check(fc.property(pattern, (one) => covers(one, one))).counterexample).toBeNull();
  });

  const outer = {
    actions: ['api:*' as const],
    resources: ['api:a/b/v1/**'],
    when: { stages: ['x', 'y'], present: ['customer'] },
  };
  it.each([
    [
      'less of everything',
      { actions: ['api:read'], resources: ['api:a/b/v1/x'], when: { stages: ['x'], present: ['customer', 'boss'] } },
      true,
    ],
    [
      'another action',
      { actions: ['model:ask'], resources: ['api:a/b/v1/x'], when: { stages: ['x'], present: ['customer'] } },
      false,
    ],
    [
      'all actions',
      { actions: ['*'], resources: ['api:a/b/v1/x'], when: { stages: ['x'], present: ['customer'] } },
      false,
    ],
    [
      'one resource more',
      {
        actions: ['api:read'],
        resources: ['api:a/b/v1/x', 'api:a/c/v1'],
        when: { stages: ['x'], present: ['customer'] },
      },
      false,
    ],
    [
      'another stage',
      { actions: ['api:read'], resources: ['api:a/b/v1/x'], when: { stages: ['z'], present: ['customer'] } },
      false,
    ],
    ['any stage', { actions: ['api:read'], resources: ['api:a/b/v1/x'], when: { present: ['customer'] } }, false],
    ['nobody needed', { actions: ['api:read'], resources: ['api:a/b/v1/x'], when: { stages: ['x'] } }, false],
    ['no condition', { actions: ['api:read'], resources: ['api:a/b/v1/x'] }, false],
  ] as const)('%s', (_what, inner, expected) => {
    const given = JSON.parse(JSON.stringify(inner)) as Parameters<typeof isNarrower>[0];
    expect(isNarrower(given, [outer])).toBe(expected);
    expect(isNarrower(given, [])).toBe(false);
  });
});
