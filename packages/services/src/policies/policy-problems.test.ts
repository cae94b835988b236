import { afterAll, beforeAll, expect, it } from 'vitest';
import { POLICY_CHECKS } from './checks.ts';
import { policyProblems, policyUpstreams } from './policy-problems.ts';

// Two policies that answer in place of the upstream, whatever those are called in a later release.
const STAND_INS = {
  cache: { answersInstead: true },
  idempotency: { answersInstead: true, restOnly: 'Only REST APIs have it.' },
  split: {
    upstreams: () => [{ path: 'variants.0.upstream', upstream: 'shop' }],
    problems: () => [{ path: 'variants', message: 'No.' }],
  },
};
const real = { ...POLICY_CHECKS };

function check(by: object): void {
  const checks = POLICY_CHECKS as Record<string, unknown>;
  for (const kind of Object.keys(checks)) delete checks[kind];
  Object.assign(checks, by);
}
beforeAll(() => check(STAND_INS));
// Other files check policies in this process, too.
afterAll(() => check(real));

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
