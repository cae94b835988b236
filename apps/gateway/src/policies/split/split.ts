import type { SplitPolicy } from '@parley/contracts/policies/split';
import { type Condition, compilePredicates } from '@parley/domain/routing/predicates';
import { pickByShare } from '@parley/domain/routing/shares';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { RequestFacts } from '../../routing/call-facts.ts';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { splitPoint } from './split-key.ts';

interface Variant {
  readonly name: string;
  readonly upstream: CompiledUpstream | null;
}

interface Rule {
  readonly holds: Condition;
  readonly at: number;
}

function compileRules({ conditions, variants }: SplitPolicy): Rule[] {
  return conditions.map(({ variant, when }) => ({
    holds: compilePredicates(when),
    at: variants.findIndex(({ name }) => name === variant),
  }));
}

/** The place of the first rule that holds; -1 when none does. */
function ruled(rules: readonly Rule[], exchange: Exchange): number {
  if (rules.length === 0) return -1;
  const facts = new RequestFacts(exchange);
  for (const { holds, at } of rules) if (holds(facts)) return at;
  return -1;
}

function take(exchange: Exchange, { name, upstream }: Variant): Refusal | null {
  exchange.variant = name;
  // Never the route's own upstream instead: the caller would get an answer that the publisher did not choose.
  if (upstream === null) return refusal('provider_unconfigured');
  exchange.upstream = upstream;
  return null;
}

/** Chooses which variant's upstream answers a call; `null` for an endpoint whose traffic is not split. */
export function split({ policies, route, upstreams }: EndpointSource): Stage | null {
  const policy = policies.split;
  if (!policy || route === null || policy.variants.length === 0) return null;
  const variants = policy.variants.map(({ name, upstream }) => ({ name, upstream: upstreams.get(upstream) ?? null }));
  const weights = policy.variants.map(({ weight }) => weight);
  const pointOf = splitPoint(policy.by);
  let rules: Rule[];
  try {
    rules = compileRules(policy);
  } catch {
    return () => refusal('policy_unsupported');
  }
  return (exchange) => {
    const at = ruled(rules, exchange);
    return take(exchange, variants[at === -1 ? pickByShare(weights, pointOf(exchange)) : at] as Variant);
  };
}
