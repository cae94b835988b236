import { dearest, priceAt } from '@parley/domain/pricing';
import { estimateInputTokens } from '@parley/llm/estimate';
import { outputBound } from '@parley/llm/output-bound';
import type { Exchange } from '../../exchange.ts';
import { type Amounts, NO_AMOUNTS } from '../../ports/limiter/rule.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';
import { unitUsage } from '../../stages/usage.ts';

/** Of a call that names no bound for its answer, to a model nobody has given one. */
const ASSUMED_OUTPUT_TOKENS = 4096;

/** The models that may answer. */
export function modelsOf({ candidates, model }: Exchange): readonly CompiledModel[] {
  return candidates.length > 0 || model === null ? candidates : [model];
}

/** The currencies a call may cost in. */
export function currenciesOf(exchange: Exchange, nowMs: number): string[] {
  return modelsOf(exchange).flatMap(({ prices }) => priceAt(prices, nowMs)?.rates.currency ?? []);
}

/**
 * What a call to models takes at most: its input by our own count, its answer as long as it may be, at the dearest rate of any
 * model that may be asked, of those priced in `currency`. Pictures and other media are not in it.
 */
export function mostOf(exchange: Exchange, nowMs: number, currency: string): Amounts {
  const { chat, operation, operationWay, kind } = exchange;
  // Listing models and counting tokens ask none.
  if (kind === 'models') return NO_AMOUNTS;
  const beside = operation !== null && operationWay !== null ? operationWay.estimated(operation) : null;
  const input = beside?.inputTokens ?? estimateInputTokens(chat?.body ?? {});
  const units = beside === null ? undefined : unitUsage(beside);
  const bound = chat === null ? { tokens: 0, answers: 1 } : outputBound(chat.body);
  let tokens = 0;
  let costNano = 0;
  for (const { target, prices } of modelsOf(exchange)) {
    const longest = target.maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS;
    const output = Math.min(bound.tokens ?? longest, target.maxOutputTokens ?? Number.MAX_SAFE_INTEGER) * bound.answers;
    tokens = Math.max(tokens, input + output);
    const price = priceAt(prices, nowMs);
    if (price?.rates.currency === currency)
      costNano = Math.max(costNano, Number(dearest(price.rates, input, output, units)));
  }
  return { bytes: 0, tokens, costNano, currency };
}
