import { readFileSync } from 'node:fs';
import { policiesSchema, type RoutePolicies, routePoliciesSchema } from '@parley/contracts/policies';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyProblems } from './policy-problems.ts';

interface Example {
  readonly policies?: unknown;
  readonly routes?: readonly { readonly policies: unknown }[];
}

/** The first YAML example of a policy's page: a version's policies, or a route with its own. */
function example(page: string): RoutePolicies {
  const text = readFileSync(new URL(`../../../../docs/policies/${page}.md`, import.meta.url), 'utf8');
  const { policies, routes } = parse(/```yaml\n(.*?)```/s.exec(text)?.[1] ?? '') as Example;
  return routePoliciesSchema.parse(policies ?? routes?.[0]?.policies);
}

it('the example on the page of guardrails can be saved as it is written', () => {
  const policies = policiesSchema.parse(example('guardrails'));
  expect(Object.keys(policies)).toEqual(['guardrails']);
  expect(policyProblems({ kind: 'llm', policies })).toEqual([]);
});

it.each(['transform', 'compose'])('the example on the page of %s can be saved as it is written', (page) => {
  const policies = example(page);
  expect(Object.keys(policies)).toEqual([page]);
  expect(policyProblems({ kind: 'rest', routes: [{ path: '/orders/{id}', method: 'GET', policies }] })).toEqual([]);
});
