import type { RoutePolicies } from '@parley/contracts/policies';
import type { SplitPolicy } from '@parley/contracts/policies/split';
import { regexProblem } from '@parley/domain/routing/predicates';
import type { FieldIssue } from '@parley/kernel/fault';

interface WithSplits {
  readonly policies?: RoutePolicies | undefined;
  readonly routes: readonly { readonly policies?: RoutePolicies | undefined }[];
}

/** Every traffic split of a definition, the version's and the routes', by its path. */
function splitsOf({ policies, routes }: WithSplits): { path: string; split: SplitPolicy }[] {
  const own = routes.map((route, at) => ({ path: `routes.${at}.policies.split`, split: route.policies?.split }));
  return [{ path: 'policies.split', split: policies?.split }, ...own].flatMap(({ path, split }) =>
    split ? [{ path, split }] : [],
  );
}

/** The upstreams that a definition's traffic splits name, each by its path. */
export function splitUpstreams(definition: WithSplits): { path: string; upstream: string }[] {
  return splitsOf(definition).flatMap(({ path, split }) => [
    ...split.variants.map(({ upstream }, at) => ({ path: `${path}.variants.${at}.upstream`, upstream })),
    ...(split.mirror ? [{ path: `${path}.mirror.upstream`, upstream: split.mirror.upstream }] : []),
  ]);
}

/** Regexes in the rules of traffic splits that are not of RE2's syntax. */
export function splitPatternProblems(definition: WithSplits): FieldIssue[] {
  return splitsOf(definition).flatMap(({ path, split }) =>
    split.conditions.flatMap(({ when }, rule) =>
      when.flatMap(({ test, value }, at) => {
        const message = test === 'regex' ? regexProblem(value) : null;
        return message === null ? [] : [{ path: `${path}.conditions.${rule}.when.${at}.value`, message }];
      }),
    ),
  );
}
