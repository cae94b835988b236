import { mergePolicies, type PolicyKind, type RoutePolicies } from '@parley/contracts/policies';
import type { FieldIssue } from '@parley/kernel/fault';
import { POLICY_CHECKS, type PolicyCheck } from './checks.ts';

interface WithPolicies {
  readonly kind: 'rest' | 'prompt' | 'llm';
  readonly policies?: RoutePolicies | undefined;
  readonly routes?: readonly { readonly policies?: RoutePolicies | undefined }[];
}

interface Set {
  readonly path: string;
  readonly kind: PolicyKind;
  readonly check: PolicyCheck<unknown>;
  readonly settings: unknown;
}

const checkOf = (kind: PolicyKind) => POLICY_CHECKS[kind] as PolicyCheck<unknown> | undefined;

function setIn(policies: RoutePolicies | undefined, path: string): Set[] {
  return Object.entries(policies ?? {}).flatMap(([name, settings]) => {
    const kind = name as PolicyKind;
    const check = checkOf(kind);
    return check && settings ? [{ path: `${path}.${kind}`, kind, check, settings }] : [];
  });
}

/** Every policy of a definition that has something to check, the version's and the routes'. */
const allSet = ({ policies, routes = [] }: WithPolicies): Set[] => [
  ...setIn(policies, 'policies'),
  ...routes.flatMap((route, at) => setIn(route.policies, `routes.${at}.policies`)),
];

/** The upstreams that a definition's policies name, each by its path. */
export function policyUpstreams(definition: WithPolicies): { path: string; upstream: string }[] {
  return allSet(definition).flatMap(({ path, check, settings }) =>
    (check.upstreams?.(settings) ?? []).map((named) => ({ ...named, path: `${path}.${named.path}` })),
  );
}

/** What is wrong with a definition's policies beside each one's own form. */
export function policyProblems(definition: WithPolicies): FieldIssue[] {
  const found = allSet(definition).flatMap(({ path, check, settings }) => {
    if (check.restOnly !== undefined && definition.kind !== 'rest') return [{ path, message: check.restOnly }];
    return (check.problems?.(settings) ?? []).map((issue) => ({ ...issue, path: `${path}.${issue.path}` }));
  });
  return [...found, ...answeredTwice(definition)];
}

/** Routes on which two policies would both answer in place of the upstream. */
function answeredTwice({ policies, routes = [] }: WithPolicies): FieldIssue[] {
  const version = mergePolicies({}, policies);
  return routes.flatMap((route, at) => {
    const kinds = Object.keys(mergePolicies(version, route.policies)) as PolicyKind[];
    const [first, second] = kinds.filter((kind) => checkOf(kind)?.answersInstead);
    if (first === undefined || second === undefined) return [];
    const path = route.policies?.[second] ? `routes.${at}.policies.${second}` : `policies.${second}`;
    return [{ path, message: `Route ${at + 1} is answered by “${first}” already. Switch one of them off there.` }];
  });
}
