import type { LimitRule } from '@parley/contracts/policies/limits';
import type { EndpointSource } from '../../stage.ts';

/** The limit on open connections as a rule like those of `limits`: exact over all nodes, and over when a node dies. */
export function connectionRules({ policies }: EndpointSource): readonly LimitRule[] {
  const amount = policies.webSocket?.connectionsPerApplication;
  if (amount === undefined) return [];
  const name = 'websockets';
  return [{ algorithm: 'concurrency', name, amount, scope: 'route', shadow: false, whenStoreIsDown: 'refuse' }];
}
