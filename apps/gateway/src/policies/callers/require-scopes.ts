import { refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';

/** Refuses a caller whose credential lacks a scope of the policy; `null` where it asks for none. */
export function requireScopes({ policies }: EndpointSource): Stage | null {
  const wanted = policies.callers?.scopes ?? [];
  if (wanted.length === 0) return null;
  const authenticate = `Bearer realm="parley", error="insufficient_scope", scope="${wanted.join(' ')}"`;
  const missing = refusal('scope_missing', { authenticate });
  return (exchange) => (wanted.every((scope) => exchange.scopes.includes(scope)) ? null : missing);
}
