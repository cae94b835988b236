import { createHash } from 'node:crypto';
import type { CanaryPlan, SplitPolicy } from '@parley/contracts/policies/split';
import { type Condition, compilePredicates } from '@parley/domain/routing/predicates';
import { pickByShare } from '@parley/domain/routing/shares';
import type { Exchange } from '../../exchange.ts';
import { acting, deciding } from '../../explain/notes.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { RequestFacts } from '../../routing/call-facts.ts';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import type { CanaryPlace } from './canary.ts';
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

/** The place of the first rule that holds, but not for a canary that was taken back; -1 when none does. */
function ruled(rules: readonly Rule[], exchange: Exchange, without: number): number {
  if (rules.length === 0) return -1;
  const facts = new RequestFacts(exchange);
  for (const { holds, at } of rules) if (at !== without && holds(facts)) return at;
  return -1;
}

function take(exchange: Exchange, { name, upstream }: Variant): Refusal | null {
  exchange.variant = name;
  // Never the route's own upstream instead: the caller would get an answer that the publisher did not choose.
  if (upstream === null) return refusal('provider_unconfigured');
  exchange.upstream = upstream;
  return null;
}

/** Where a canary is: with the version when all its routes are split alike, else with the route. */
function placeOf({ tenantId, version, route }: EndpointSource, policy: SplitPolicy, plan: CanaryPlan): CanaryPlace {
  const routeId = route?.policies?.split ? route.id : null;
  const text = JSON.stringify([version.id, routeId, policy.variants, plan]);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { id, tenantId, apiVersionId: version.id, routeId, plan };
}

/** Chooses which variant's upstream answers a call; `null` for an endpoint whose traffic is not split. */
export function split(source: EndpointSource): Stage | null {
  const { policies, route, upstreams } = source;
  const policy = policies.split;
  if (!policy || route === null || policy.variants.length === 0) return null;
  const variants = policy.variants.map(({ name, upstream }) => ({ name, upstream: upstreams.get(upstream) ?? null }));
  const weights = policy.variants.map(({ weight }) => weight);
  const pointOf = splitPoint(policy.by);
  let rules: Rule[];
  try {
    rules = compileRules(policy);
  } catch {
    return deciding('split', () => refusal('policy_unsupported'));
  }
  const { canary: plan } = policy;
  const byWeight = (exchange: Exchange): number => pickByShare(weights, pointOf(exchange));
  if (!plan) {
    return deciding('split', (exchange) => {
      const at = ruled(rules, exchange, -1);
      return take(exchange, variants[at === -1 ? byWeight(exchange) : at] as Variant);
    });
  }
  const place = placeOf(source, policy, plan);
  const canaryAt = variants.findIndex(({ name }) => name === plan.variant);
  // A draw of its own: the others share what is left in the proportion of their weights.
  const canaryPointOf = splitPoint({ ...policy.by, seed: `canary\0${policy.by.seed}` });
  // A dry run does not ask a canary: that would start it.
  return acting('split', (exchange, ports) => {
    const canary = ports.canaries.of(place);
    exchange.canary = canary;
    const share = canary.share(ports.clock.nowMs());
    let at = ruled(rules, exchange, canary.rolledBack ? canaryAt : -1);
    if (at === -1) at = canaryPointOf(exchange) < share ? canaryAt : byWeight(exchange);
    return take(exchange, variants[at] as Variant);
  });
}
