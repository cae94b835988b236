import { expect, it, vi } from 'vitest';
import { policyProblems, policyUpstreams } from './policy-problems.ts';

// Two policies that answer in place of the upstream, whatever those are called in a later release.
vi.mock('./checks.ts', () => ({
  POLICY_CHECKS: {
    cache: { answersInstead: true },
    idempotency: { answersInstead: true, restOnly: 'Only REST APIs have it.' },
    split: {
      upstreams: () => [{ path: 'variants.0.upstream', upstream: 'shop' }],
      problems: () => [{ path: 'variants', message: 'No.' }],
    },
  },
}));

const rest = (policies: object, ...routes: object[]) => ({
  kind: 'rest' as const,
  policies: policies as never,
  routes: routes.map((own) => ({ policies: own as never })),
});

it('tells of two policies that would both answer one route, and of none that is switched off there', () => {
  const message = 'Route 1 is answered by “cache” already. Switch one of them off there.';
  expect(policyProblems(rest({ cache: {} }, { idempotency: {} }))).toEqual([
    { path: 'routes.0.policies.idempotency', message },
  ]);
  expect(policyProblems(rest({ cache: {}, idempotency: {} }, {}))).toEqual([{ path: 'policies.idempotency', message }]);
  expect(policyProblems(rest({ cache: {} }, { cache: null, idempotency: {} }))).toEqual([]);
});

it('names problems and upstreams by the path of their policy', () => {
  expect(policyProblems(rest({}, {}, { split: {} }))).toEqual([
    { path: 'routes.1.policies.split.variants', message: 'No.' },
  ]);
  expect(policyUpstreams(rest({ split: {} }))).toEqual([
    { path: 'policies.split.variants.0.upstream', upstream: 'shop' },
  ]);
});

it('keeps policies of REST APIs away from others', () => {
  expect(policyProblems({ kind: 'llm', policies: { idempotency: {} as never } })).toEqual([
    { path: 'policies.idempotency', message: 'Only REST APIs have it.' },
  ]);
});
