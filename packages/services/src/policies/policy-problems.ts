import { mergePolicies, type PolicyKind, type RoutePolicies } from '@parley/contracts/policies';
import type { Place } from '@parley/domain/translation/input-place';
import type { FieldIssue } from '@parley/kernel/fault';
import { POLICY_CHECKS, type PolicyCheck } from './checks.ts';

interface WithPolicies {
  readonly kind: 'rest' | 'prompt' | 'llm';
  readonly policies?: RoutePolicies | undefined;
  readonly routes?: readonly (Partial<Place> & { readonly policies?: RoutePolicies | undefined })[];
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

/** The models that a definition's policies name, each by its path. */
export function policyModels(definition: WithPolicies): { path: string; model: string }[] {
  return allSet(definition).flatMap(({ path, check, settings }) =>
    (check.models?.(settings) ?? []).map((named) => ({ ...named, path: `${path}.${named.path}` })),
  );
}

/** The collections that a definition's policies name, each by its path. */
export function policyCollections(definition: WithPolicies): { path: string; collection: string }[] {
  return allSet(definition).flatMap(({ path, check, settings }) =>
    (check.collections?.(settings) ?? []).map((named) => ({ ...named, path: `${path}.${named.path}` })),
  );
}

/** What is wrong with a definition's policies beside each one's own form. */
export function policyProblems(definition: WithPolicies): FieldIssue[] {
  const found = allSet(definition).flatMap(({ path, check, settings }) => {
    if (check.restOnly !== undefined && definition.kind !== 'rest') return [{ path, message: check.restOnly }];
    if (check.modelsOnly !== undefined && definition.kind === 'rest') return [{ path, message: check.modelsOnly }];
    if (check.llmOnly !== undefined && definition.kind !== 'llm') return [{ path, message: check.llmOnly }];
    if (check.promptOnly !== undefined && definition.kind !== 'prompt') return [{ path, message: check.promptOnly }];
    if (check.notPrompts !== undefined && definition.kind === 'prompt') return [{ path, message: check.notPrompts }];
    return (check.problems?.(settings, definition.kind) ?? []).map((issue) => ({
      ...issue,
      path: `${path}.${issue.path}`,
    }));
  });
  return [...found, ...(found.length === 0 ? problemsOnRoutes(definition) : []), ...answeredTwice(definition)];
}

/** What is wrong with what holds on a route; told beside the route's own field, or the version's where that is given there. */
function problemsOnRoutes({ policies, routes = [] }: WithPolicies): FieldIssue[] {
  const version = mergePolicies({}, policies);
  const seen = new Set<string>();
  return routes.flatMap(({ method = '*', path = '/', policies: own }, at) =>
    Object.entries(mergePolicies(version, own)).flatMap(([name, settings]) => {
      const kind = name as PolicyKind;
      const issues = checkOf(kind)?.onRoute?.(settings, { method, path }) ?? [];
      return issues.flatMap((issue) => {
        const field = issue.path.split('.', 1)[0] ?? '';
        const given = own?.[kind] as Record<string, unknown> | null | undefined;
        const shared = version[kind] as Record<string, unknown> | undefined;
        const beside = (given && Object.hasOwn(given, field)) || !(shared && Object.hasOwn(shared, field));
        const place = beside && given ? `routes.${at}.policies.${kind}` : `policies.${kind}`;
        const said = { ...issue, path: `${place}.${issue.path}` };
        const key = JSON.stringify(said);
        if (seen.has(key)) return [];
        seen.add(key);
        return [said];
      });
    }),
  );
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
