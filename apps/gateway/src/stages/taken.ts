import type { Exchange } from '../exchange.ts';
import { charged } from '../policies/limits/credit.ts';
import type { Amounts } from '../ports/limiter/rule.ts';
import { costSoFar } from './cost.ts';

/** What limits count of a call that has ended. */
export function taken(exchange: Exchange): Amounts {
  const { inputTokens, outputTokens, price, model } = exchange;
  return {
    bytes: 0,
    tokens: inputTokens + outputTokens,
    costNano: Number(costSoFar(exchange)),
    currency: price?.currency ?? '',
    model: model?.slug,
    chargeNano: charged(exchange),
  };
}
