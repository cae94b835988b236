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

/** What a call asks of whichever model answers: its input by our own count, and how long its answers may be. */
export interface Demand {
  readonly inputTokens: number;
  readonly units: ReturnType<typeof unitUsage> | undefined;
  /** Of each answer; `null` where the call does not say. */
  readonly outputTokens: number | null;
  readonly answers: number;
}

/** What a call to models asks; `null` for one that asks none. Media count by their size. */
export function demandOf({ chat, operation, operationWay, kind }: Exchange): Demand | null {
  // Listing models and counting tokens ask none.
  if (kind === 'models') return null;
  const beside = operation !== null && operationWay !== null ? operationWay.estimated(operation) : null;
  const bound = chat === null ? { tokens: 0, answers: 1 } : outputBound(chat.body);
  return {
    inputTokens: beside?.inputTokens ?? estimateInputTokens(chat?.body ?? {}),
    units: beside === null ? undefined : unitUsage(beside),
    outputTokens: bound.tokens,
    answers: bound.answers,
  };
}

/** How long one answer of a model to the call may be. */
export function longestOf({ outputTokens }: Demand, { target }: CompiledModel): number {
  const longest = target.maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS;
  return Math.min(outputTokens ?? longest, target.maxOutputTokens ?? Number.MAX_SAFE_INTEGER);
}

/** What a call takes at most of any of these models, at the dearest of their rates in `currency`. */
export function mostOf(
  demand: Demand | null,
  models: readonly CompiledModel[],
  { nowMs, currency }: { readonly nowMs: number; readonly currency: string },
): Amounts {
  if (demand === null) return NO_AMOUNTS;
  const { inputTokens, units, answers } = demand;
  let tokens = 0;
  let costNano = 0;
  for (const model of models) {
    const output = longestOf(demand, model) * answers;
    tokens = Math.max(tokens, inputTokens + output);
    const price = priceAt(model.prices, nowMs);
    if (price?.rates.currency === currency)
      costNano = Math.max(costNano, Number(dearest(price.rates, inputTokens, output, units)));
  }
  return { bytes: 0, tokens, costNano, currency };
}
