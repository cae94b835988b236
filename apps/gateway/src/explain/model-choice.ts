import type { ModelChoice, ModelPlace } from '@parley/contracts/explain';
import type { ModelAlias, ModelStrategy } from '@parley/contracts/policies/model-routing';
import { priceAt } from '@parley/domain/pricing';
import { formatAmount } from '@parley/kernel/money';
import type { Exchange } from '../exchange.ts';
import { CallVariables } from '../expressions/call-variables.ts';
import { conditionAgainst, stickyKey } from '../models/candidates.ts';
import { lacks, neededBy } from '../models/needs.ts';
import type { AliasTarget, CompiledAlias } from '../models/routing.ts';
import type { Ports } from '../ports/ports.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { foundIn } from './found.ts';

interface Asked {
  readonly alias: CompiledAlias;
  readonly exchange: Exchange;
  readonly ports: Ports;
  /** Those whose conditions hold. */
  readonly fitting: readonly AliasTarget[];
}

/** What put a model at its place, by the strategy. */
const FACTS: Readonly<Record<ModelStrategy, (target: AliasTarget, asked: Asked) => string>> = {
  ordered: () => 'In the order written.',
  weighted({ weight }, { alias, exchange, fitting }) {
    const all = fitting.reduce((sum, one) => sum + one.weight, 0);
    const share = all === 0 ? 0 : Math.round((1000 * weight) / all) / 10;
    if (alias.sticky === 'none') return `${share} % of such calls begin with it; this time chance decided.`;
    if (stickyKey(exchange, alias.sticky) === '')
      return `${share} % begin with it; this call has no ${alias.sticky} to stay with, so chance decided.`;
    return `${share} % begin with it; the same ${alias.sticky} always gets the same model.`;
  },
  cheapest({ model }, { ports }) {
    const price = priceAt(model.prices, ports.clock.nowMs());
    if (price === null) return 'It has no price in force, so that it comes last.';
    const { inputPerMillion, outputPerMillion, currency } = price.rates;
    return `${formatAmount(inputPerMillion)} in, ${formatAmount(outputPerMillion)} out ${currency} per million tokens.`;
  },
  fastest({ model }, { ports }) {
    const expectedMs = Math.round(ports.models.ofModel(model.id).expectedMs(ports.clock.nowMs()));
    if (expectedMs === 0) return 'Not measured on this node lately: the unmeasured is tried.';
    return `A typical answer takes it about ${expectedMs} ms, as this node measured.`;
  },
  leastBusy: ({ model }, { ports }) =>
    `${ports.models.ofModel(model.id).running} calls to it are running on this node.`,
};

/** Why a target is not asked at all; `null` where nothing of it is against that. */
function against(target: AliasTarget, { exchange, alias }: Asked, variables: CallVariables): string | null {
  const condition = conditionAgainst(target, variables);
  if (condition !== null) return condition;
  const route = exchange.meaningRoute?.name ?? '';
  if (alias.meaning !== null && target.route !== '' && target.route !== route) {
    return `It answers the route “${target.route}”; this call goes ${route === '' ? 'none' : `“${route}”`}.`;
  }
  return null;
}

function placed(target: AliasTarget, place: number, asked: Asked): ModelPlace {
  const { model } = target;
  const fact = FACTS[asked.alias.strategy](target, asked);
  const group =
    asked.alias.meaning === null
      ? ''
      : target.route === ''
        ? ' It answers calls that fit no route.'
        : ` It answers the route “${target.route}”.`;
  const resting = asked.ports.models.ofModel(model.id).isResting(asked.ports.clock.nowMs());
  return {
    model: model.slug,
    place,
    why: `${fact}${group}${resting ? ' It failed lately: asked after the others.' : ''}`,
  };
}

/** Each model behind the name that a call asked for, as its routing writes them: when it would be asked, and why. */
export function choiceOf(named: CompiledModel | null, exchange: Exchange, ports: Ports): ModelChoice | null {
  const { candidates } = exchange;
  const alias = named?.alias ?? null;
  const written = foundIn(exchange).policies.modelRouting?.aliases.find(({ name }) => name === named?.slug);
  if (alias === null || written === undefined) return null;
  const variables = new CallVariables(exchange);
  const fitting = alias.targets.filter((target) => conditionAgainst(target, variables) === null);
  const asked: Asked = { alias, exchange, ports, fitting };
  const needs = exchange.chat === null ? [] : neededBy(exchange.chat);
  const free = candidates.map((_, at) => at);
  const models = compiledOf(written, alias).map(([name, target]): ModelPlace => {
    if (target === null)
      return { model: name, place: null, why: 'There is no such model, or its condition cannot be read.' };
    const reason = against(target, asked, variables);
    if (reason !== null) return { model: name, place: null, why: reason };
    const at = free.findIndex((one) => candidates[one]?.id === target.model.id);
    const [place] = at === -1 ? [] : free.splice(at, 1);
    if (place !== undefined) return placed(target, place + 1, asked);
    const missing = needs.filter((need) => lacks(target.model, [need]));
    const why =
      missing.length > 0
        ? `It is known to lack what the call asks for: ${missing.join(', ')}.`
        : 'It cannot be told all of this call, or has no key that works.';
    return { model: name, place: null, why };
  });
  return { name: written.name, models };
}

/** The targets as written, each with what was made of it: those that could not be compiled were left out. */
function compiledOf(written: ModelAlias, { targets }: CompiledAlias): (readonly [string, AliasTarget | null])[] {
  let next = 0;
  return written.targets.map(({ model, weight, route }) => {
    const target = targets[next];
    if (target?.model.slug !== model || target.weight !== weight || target.route !== route) return [model, null];
    next++;
    return [model, target];
  });
}
