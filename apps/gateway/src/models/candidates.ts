import { WHOLE } from '@parley/contracts/policies/split';
import { blendedPrice, priceAt } from '@parley/domain/pricing';
import { pointOf } from '@parley/domain/routing/shares';
import type { Exchange } from '../exchange.ts';
import { CallVariables } from '../expressions/call-variables.ts';
import type { Ports } from '../ports/ports.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { pickByWeight } from './model-states.ts';
import { lacks, neededBy } from './needs.ts';
import type { AliasTarget, CompiledAlias } from './routing.ts';

/** Text that decides which model a caller stays with; empty for chance. */
export function stickyKey(exchange: Exchange, sticky: CompiledAlias['sticky']): string {
  const { body } = exchange.chat ?? exchange.operation ?? {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  switch (sticky) {
    case 'none':
      return '';
    case 'application':
      return exchange.caller?.application.id ?? '';
    case 'user':
      return text(body?.['user']) || text(body?.['safety_identifier']) || exchange.subject;
    case 'conversation':
      return text(body?.['previous_response_id']) || text(body?.['prompt_cache_key']) || conversation(body);
  }
}

/** What a conversation begins with stays the same while it grows. */
function conversation(body: Readonly<Record<string, unknown>> | undefined): string {
  const turns = body?.['messages'] ?? body?.['contents'] ?? body?.['input'];
  const first = Array.isArray(turns) ? turns.slice(0, 2) : turns;
  return first === undefined ? '' : (JSON.stringify(first) ?? '').slice(0, 4000);
}

type Order = (targets: readonly AliasTarget[], exchange: Exchange, ports: Ports, alias: CompiledAlias) => AliasTarget[];

function sorted(targets: readonly AliasTarget[], costOf: (model: CompiledModel) => number): AliasTarget[] {
  const costs = new Map(targets.map((target) => [target, costOf(target.model)]));
  return [...targets].sort((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
}

const ORDERS: Readonly<Record<CompiledAlias['strategy'], Order>> = {
  ordered: (targets) => [...targets],
  weighted(targets, exchange, _ports, alias) {
    const key = stickyKey(exchange, alias.sticky);
    const point = key === '' ? Math.random() : pointOf(key, '') / WHOLE;
    const rest = [...targets];
    const [first] = rest.splice(pickByWeight(targets, point), 1);
    return first === undefined ? rest : [first, ...rest];
  },
  cheapest(targets, _exchange, { clock }) {
    const nowMs = clock.nowMs();
    return sorted(targets, ({ prices }) => {
      const price = priceAt(prices, nowMs);
      return price === null ? Number.POSITIVE_INFINITY : blendedPrice(price.rates);
    });
  },
  fastest: (targets, _exchange, { clock, models }) =>
    sorted(targets, ({ id }) => models.ofModel(id).expectedMs(clock.nowMs())),
  leastBusy: (targets, _exchange, { models }) => sorted(targets, ({ id }) => models.ofModel(id).running),
};

/** Why a target's condition leaves it out of a call; `null` where it holds, or there is none. */
export function conditionAgainst({ when }: AliasTarget, variables: CallVariables): string | null {
  const outcome = when?.evaluate(variables.read);
  if (outcome === undefined) return null;
  if (!outcome.ok) return `Its condition has no value for this call: ${outcome.problem}`;
  return outcome.value === true ? null : 'Its condition does not hold for this call.';
}

/** Targets whose conditions hold for the call. */
function fitting(alias: CompiledAlias, exchange: Exchange): AliasTarget[] {
  if (alias.targets.every(({ when }) => when === null)) return [...alias.targets];
  const variables = new CallVariables(exchange);
  return alias.targets.filter((target) => conditionAgainst(target, variables) === null);
}

/** Where meaning chooses: those of the call's route first, then those for calls that fit none. Others' routes are left out. */
function groupsOf(targets: AliasTarget[], { meaningRoute }: Exchange, { meaning }: CompiledAlias): AliasTarget[][] {
  if (meaning === null) return [targets];
  const of = (name: string): AliasTarget[] => targets.filter(({ route }) => route === name);
  const chosen = meaningRoute?.name ?? '';
  return chosen === '' ? [of('')] : [of(chosen), of('')].filter(({ length }) => length > 0);
}

/**
 * The models a call may be answered by, best first: those that hold its conditions and can do what it asks, in the order of
 * the alias's strategy, those that failed lately last. A plain model is the only one.
 */
export function candidatesOf(exchange: Exchange, asked: CompiledModel, ports: Ports): CompiledModel[] {
  const { alias } = asked;
  if (alias === null) return [asked];
  const targets = fitting(alias, exchange);
  if (targets.length <= 1 && alias.meaning === null) return targets.map(({ model }) => model);
  const needs = exchange.chat === null ? [] : neededBy(exchange.chat);
  const ordered = groupsOf(targets, exchange, alias).flatMap((group) => {
    const able = group.filter(({ model }) => !lacks(model, needs));
    return ORDERS[alias.strategy](able.length > 0 ? able : group, exchange, ports, alias);
  });
  const nowMs = ports.clock.nowMs();
  const ready: CompiledModel[] = [];
  const resting: CompiledModel[] = [];
  for (const { model } of ordered) {
    // Only the first ready one is really tried: asking the others would take their trials.
    const fit = ready.length > 0 || ports.models.ofModel(model.id).isReady(nowMs);
    (fit ? ready : resting).push(model);
  }
  return [...ready, ...resting];
}
