import type { Meter } from '@parley/contracts/plan-pricing';
import type { UsageEvent } from '@parley/contracts/usage-event';

/**
 * What was used, by meter: of one call, or summed over many. Input is without what the provider had cached or cached anew,
 * which have meters of their own; output is with reasoning, so that a rule on reasoning comes on top of one on output. Cost in
 * nano-units of its own currency.
 */
export type Quantities = Readonly<Record<Meter, bigint>>;

type Call = Pick<
  UsageEvent,
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteInputTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'responseBytes'
  | 'costNano'
>;

/** What one call used. `services/usage/billing-sql` says the same in SQL, and a test holds the two together. */
export function quantitiesOf(call: Call): Quantities {
  const written = call.cacheWriteInputTokens ?? 0;
  return {
    requests: 1n,
    inputTokens: BigInt(Math.max(0, call.inputTokens - call.cachedInputTokens - written)),
    cachedInputTokens: BigInt(call.cachedInputTokens),
    cacheWriteInputTokens: BigInt(written),
    outputTokens: BigInt(call.outputTokens),
    reasoningTokens: BigInt(call.reasoningTokens),
    totalTokens: BigInt(call.inputTokens) + BigInt(call.outputTokens),
    responseBytes: BigInt(call.responseBytes),
    cost: BigInt(call.costNano),
  };
}
