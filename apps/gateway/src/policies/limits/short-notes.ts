import { LEAST_OUTPUT_TOKENS, type LimitsPolicy } from '@parley/contracts/policies/limits';
import { dearest, priceAt } from '@parley/domain/pricing';
import { formatAmount } from '@parley/kernel/money';
import type { Exchange } from '../../exchange.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';
import { type Demand, demandOf, longestOf, modelsOf } from './most.ts';

const inWords = (tokens: number): string => tokens.toLocaleString('en');

/** What the call may take of one model at most. */
function mostInWords(demand: Demand, model: CompiledModel): string {
  const output = longestOf(demand, model) * demand.answers;
  const price = priceAt(model.prices, Date.now());
  const tokens = `${inWords(demand.inputTokens + output)} tokens`;
  if (price === null) return `“${model.slug}” ${tokens}`;
  const cost = dearest(price.rates, demand.inputTokens, output, demand.units);
  return `“${model.slug}” ${tokens}, ${formatAmount(cost)} ${price.rates.currency}`;
}

/** For the dry run: what the call would hold of limits on tokens and cost, and what becomes of it where that is more than is left. */
export function shortNotes(exchange: Exchange, { whenShort, leastOutputTokens }: LimitsPolicy): string[] {
  const demand = demandOf(exchange);
  const models = modelsOf(exchange);
  if (demand === null || models.length === 0) return [];
  const holds = `What it may take at most is held while it runs: ${models.map((model) => mostInWords(demand, model)).join('; ')}.`;
  if (whenShort === 'cheaperModel') {
    const others =
      models.length > 1
        ? 'Where that does not fit, it goes to those of these models that fit by themselves.'
        : 'Where that does not fit, it is refused: there is no other model behind its name.';
    return [holds, others];
  }
  const least = inWords(leastOutputTokens ?? LEAST_OUTPUT_TOKENS);
  const lowered = `Where that does not fit, the longest answer is lowered until it does, to no less than ${least} tokens.`;
  return exchange.chat === null ? [holds] : [holds, lowered];
}
