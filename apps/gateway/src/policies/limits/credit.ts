import { type CallPricing, chargeOfCall, mostOfCall } from '@parley/domain/rating/call-charge';
import { quantitiesOf } from '@parley/domain/rating/quantities';
import { SLOT_MS, segmentOf } from '@parley/domain/rating/segments';
import { idTimeMs } from '@parley/kernel/id';
import type { Exchange } from '../../exchange.ts';
import type { CompiledCredit, CompiledModel, CreditStep } from '../../snapshot/compiled.ts';
import { costSoFar } from '../../stages/cost.ts';
import { type Demand, longestOf, mostOf } from './most.ts';

function creditOf({ subscription }: Exchange): CompiledCredit | null {
  const credit = subscription?.credit ?? null;
  return credit === 'broken' ? null : credit;
}

/** What a call is charged by: the price that its quarter of an hour is rated at. `null` where credit does not pay for it. */
function pricingOf(exchange: Exchange): CallPricing | null {
  const credit = creditOf(exchange);
  if (credit === null) return null;
  const { prices } = credit;
  const slotMs = Math.floor(idTimeMs(exchange.id) / SLOT_MS) * SLOT_MS;
  // A plan that was never without a price has one from its first moment on, whatever clocks say.
  const at = Math.max(0, segmentOf(prices, { slotMs, planId: prices[0]?.planId ?? '' }));
  return prices[at]?.pricing ?? null;
}

/** Whether credit pays for a call. */
export function isPrepaid(exchange: Exchange): boolean {
  return pricingOf(exchange) !== null;
}

/** How much its customer may be charged in total while the call begins; `null` where credit does not pay for it. */
export function creditStepOf(exchange: Exchange): CreditStep | null {
  if (!isPrepaid(exchange)) return null;
  const atMs = idTimeMs(exchange.id);
  return creditOf(exchange)?.steps.find(({ untilMs }) => atMs < untilMs) ?? null;
}

/** The most a call may be charged, whichever of these models answers: nano-units. */
export function mostCharged(
  exchange: Exchange,
  {
    demand,
    models,
    nowMs,
  }: { readonly demand: Demand | null; readonly models: readonly CompiledModel[]; readonly nowMs: number },
): number {
  const pricing = pricingOf(exchange);
  const currency = creditOf(exchange)?.currency ?? '';
  if (pricing === null) return 0;
  const asked = demand === null ? [] : models;
  // Charged though nothing was asked of a model: for the call itself.
  const bare = models.length === 0 ? [''] : models.map(({ slug }) => slug);
  const charges = [
    ...bare.map((slug) => mostOfCall(pricing, slug, { inputTokens: 0, outputTokens: 0, costNano: 0n })),
    ...asked.map((model) => {
      const most = mostOf(demand, [model], { nowMs, currency });
      const outputTokens = demand === null ? 0 : longestOf(demand, model) * demand.answers;
      const inputTokens = demand?.inputTokens ?? 0;
      return mostOfCall(pricing, model.slug, { inputTokens, outputTokens, costNano: BigInt(most.costNano) });
    }),
  ];
  return Number(charges.reduce((most, charge) => (charge > most ? charge : most), 0n));
}

/** What a call that has ended is charged, as rating will find it from its record: nano-units. */
export function charged(exchange: Exchange): number {
  const pricing = pricingOf(exchange);
  if (pricing === null) return 0;
  const { status, code, abortedBy, attempts, cacheUse: cache, model, price } = exchange;
  // A cost in another currency is charged to nobody.
  const costNano = price?.currency === creditOf(exchange)?.currency ? costSoFar(exchange) : 0n;
  const used = quantitiesOf({ ...tokensOf(exchange), responseBytes: 0, costNano: costNano.toString() });
  return Number(chargeOfCall(pricing, model?.slug ?? '', { status, code, abortedBy, attempts, cache }, used));
}

function tokensOf(exchange: Exchange) {
  const { inputTokens, cachedInputTokens, cacheWriteInputTokens, outputTokens, reasoningTokens } = exchange;
  return { inputTokens, cachedInputTokens, cacheWriteInputTokens, outputTokens, reasoningTokens };
}
