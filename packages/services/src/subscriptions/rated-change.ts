import { type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import type { Transaction } from '@parley/db/client';
import { billingMonth } from '@parley/domain/rating/billing-month';
import { type RatedLine, rate } from '@parley/domain/rating/rate';
import type { PricedSegment } from '@parley/domain/rating/segments';
import type { PlanPriceRow } from '../plans/price-shape.ts';
import { readSegments } from '../rating/read-segments.ts';
import { readUsage } from '../rating/read-usage.ts';

/** What a month costs if a subscription moves to another plan at a moment, against staying. */
export interface RatedChange {
  readonly month: string;
  readonly currency: string;
  /** What the plan costs whoever comes to it now; `null`: nothing. */
  readonly pricing: PlanPricing | null;
  readonly stay: readonly RatedLine[];
  readonly move: readonly RatedLine[];
  /** Of `move`, the plan's fee for the rest of the month, nano-units. */
  readonly feeNano: bigint;
}

/** Rates the month so far and its fees both ways, exactly as it will be. Changes nothing. */
export async function ratedChange(
  tx: Transaction,
  {
    subscription,
    plan,
    nowMs,
  }: {
    readonly subscription: { readonly tenantId: string; readonly id: string };
    readonly plan: { readonly id: string; readonly prices: readonly PlanPriceRow[] };
    readonly nowMs: number;
  },
): Promise<RatedChange> {
  const { tenantId, id: subscriptionId } = subscription;
  const publisher = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const { name: month, period } = billingMonth(nowMs, publisher.timezone);
  const of = { tenantId, subscriptionId };
  const held = (await readSegments(tx, of)).filter(({ fromMs }) => fromMs <= nowMs);
  const next = plan.prices.find(({ effectiveFrom }) => effectiveFrom.getTime() <= nowMs) ?? null;
  const pricing = next && planPricingSchema.parse(next.pricing);
  const until: PricedSegment[] = held
    .map((one) => ({ ...one, untilMs: Math.min(one.untilMs ?? nowMs, nowMs) }))
    .filter(({ fromMs }) => fromMs < nowMs);
  const moved: PricedSegment[] =
    next && pricing
      ? [
          ...until,
          {
            id: plan.id,
            fromMs: nowMs,
            untilMs: null,
            planId: plan.id,
            price: { id: next.id, currency: next.currency, pricing },
          },
        ]
      : until;
  const startedMs = held[0]?.fromMs ?? nowMs;
  const { usage } = await readUsage(tx, of, { period, segments: moved, startedMs });
  const under = (segments: readonly PricedSegment[]): readonly RatedLine[] =>
    rate({ period, asOfMs: nowMs, startedMs, segments, usage }).lines;
  const feeOf = (lines: readonly RatedLine[]): bigint =>
    lines.reduce(
      (sum, line) => (line.kind === 'recurring' && line.planId === plan.id ? sum + line.amountNano : sum),
      0n,
    );
  const [stay, move] = [under(held), under(moved)];
  return {
    month,
    currency: next?.currency ?? publisher.currency,
    pricing,
    stay,
    move,
    feeNano: feeOf(move) - feeOf(stay),
  };
}
