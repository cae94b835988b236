import type { LimitRule } from '@parley/contracts/policies/limits';
import type { EndpointSource } from '../../stage.ts';

/**
 * The limit on open connections as a rule like those of `limits`: exact over all nodes, and over when a node dies. Of model APIs
 * only sessions count (`sessionSource`), not their other calls.
 */
export function connectionRules({ policies, version }: EndpointSource): readonly LimitRule[] {
  return version.target.kind === 'llm' ? [] : rulesOf(policies);
}

/** A model API as its realtime sessions have it. */
export function sessionSource(source: EndpointSource): EndpointSource {
  const rules = rulesOf(source.policies);
  if (rules.length === 0) return source;
  const limits = { rules: [...(source.policies.limits?.rules ?? []), ...rules] };
  return { ...source, policies: { ...source.policies, limits } };
}

function rulesOf(policies: EndpointSource['policies']): readonly LimitRule[] {
  const amount = policies.webSocket?.connectionsPerApplication;
  if (amount === undefined) return [];
  const name = 'websockets';
  return [{ algorithm: 'concurrency', name, amount, scope: 'route', shadow: false, whenStoreIsDown: 'refuse' }];
}
