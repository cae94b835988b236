import { readFileSync } from 'node:fs';
import { policiesSchema, type RoutePolicies, routePoliciesSchema } from '@parley/contracts/policies';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyProblems } from './policy-problems.ts';

interface Example {
  readonly policies?: unknown;
  readonly routes?: readonly { readonly policies: unknown }[];
}

/** The YAML examples of a policy's page: a version's policies, or a route with its own. */
function examples(page: string): RoutePolicies[] {
  const text = readFileSync(new URL(`../../../../docs/policies/${page}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => {
    const { policies, routes } = parse(yaml) as Example;
    return routePoliciesSchema.parse(policies ?? routes?.[0]?.policies);
  });
}

const example = (page: string): RoutePolicies | undefined => examples(page)[0];

it('the example on the page of guardrails can be saved as it is written', () => {
  const policies = policiesSchema.parse(example('guardrails'));
  expect(Object.keys(policies)).toEqual(['guardrails']);
  expect(policyProblems({ kind: 'llm', policies })).toEqual([]);
});

it('the examples on the page of limits can be saved as they are written, each for its kind of API', () => {
  const [rest, llm, short] = examples('limits').map((policies) => policiesSchema.parse(policies));
  expect(policyProblems({ kind: 'rest', policies: rest })).toEqual([]);
  expect(policyProblems({ kind: 'llm', policies: llm })).toEqual([]);
  expect(policyProblems({ kind: 'llm', policies: short })).toEqual([]);
  expect(short?.limits).toMatchObject({ whenShort: 'lowerOutput', leastOutputTokens: 200 });
  expect(policyProblems({ kind: 'rest', policies: llm })).toMatchObject([
    { path: 'policies.limits.rules.0.what' },
    { path: 'policies.limits.rules.1.what' },
    { path: 'policies.limits.rules.2.what' },
  ]);
});

it.each(['transform', 'compose'])('the example on the page of %s can be saved as it is written', (page) => {
  const policies = example(page) ?? {};
  expect(Object.keys(policies)).toEqual([page]);
  expect(policyProblems({ kind: 'rest', routes: [{ path: '/orders/{id}', method: 'GET', policies }] })).toEqual([]);
});
