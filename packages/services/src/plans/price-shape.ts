import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { outcomesWords, priceWords } from '@parley/domain/rating/price-words';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

/** One version of a plan's price. Amounts in `pricing` are nano-units of `currency`. */
export const planPriceShape = z.object({
  id: z.uuid(),
  /** From 1, in the order in which they were set. */
  number: z.number().int(),
  currency: z.string(),
  pricing: planPricingSchema,
  /** The price in plain sentences, and which calls are billed. */
  words: z.array(z.string()),
  outcomes: z.string(),
  effectiveFrom: timeShape,
  /** Whether those who were on the plan already moved to it, or only who came after. */
  forSubscribers: z.boolean(),
  createdAt: timeShape,
});
export type PlanPriceView = z.input<typeof planPriceShape>;

export interface PlanPriceRow {
  readonly id: string;
  readonly number: number;
  readonly currency: string;
  readonly pricing: unknown;
  readonly effectiveFrom: Date;
  readonly forSubscribers: boolean;
  readonly createdAt: Date;
}

export function planPriceOut(row: PlanPriceRow): PlanPriceView {
  const { id, number, currency, effectiveFrom, forSubscribers, createdAt } = row;
  const pricing = planPricingSchema.parse(row.pricing);
  return {
    id,
    number,
    currency,
    pricing,
    words: priceWords(pricing, currency),
    outcomes: pricing.rules.length > 0 ? outcomesWords(pricing) : '',
    effectiveFrom: iso(effectiveFrom),
    forSubscribers,
    createdAt: iso(createdAt),
  };
}

/** How a plan's prices are read with it: newest first. */
export const withPrices = { prices: { orderBy: { effectiveFrom: 'desc' } } } as const;

/** What newcomers pay at a moment, and what comes next; `null`: free. `rows` newest first. */
export function pricesAt(rows: readonly PlanPriceRow[], nowMs: number) {
  const current = rows.find(({ effectiveFrom }) => effectiveFrom.getTime() <= nowMs);
  const next = rows.findLast(({ effectiveFrom }) => effectiveFrom.getTime() > nowMs);
  return { price: current ? planPriceOut(current) : null, nextPrice: next ? planPriceOut(next) : null };
}
