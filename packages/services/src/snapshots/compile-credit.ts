import { planPricingSchema } from '@parley/contracts/plan-pricing';
import type { CreditSnapshot } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { prepaidCredit } from '@parley/db/repositories/prepaid';
import { creditLimits } from '@parley/domain/billing/credit-limits';

/** Calls that began under a price which has ended since may still run. */
const KEEP_ENDED_MS = 3_600_000;

interface Row {
  readonly id: string;
  readonly tenantId: string;
  readonly planId: string;
}

/**
 * What gateways must know of subscriptions that are paid from credit, now or later, by their ids: which prices hold from when on, and
 * what the customer may be charged in total.
 */
export async function compileCredit(
  tx: Transaction,
  consumerTenantId: string,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, CreditSnapshot>> {
  const nowMs = Date.now();
  const segments = await tx.subscriptionSegment.findMany({
    where: {
      subscriptionId: { in: rows.map(({ id }) => id) },
      OR: [{ untilAt: null }, { untilAt: { gt: new Date(nowMs - KEEP_ENDED_MS) } }],
    },
    orderBy: { fromAt: 'asc' },
    select: { subscriptionId: true, planId: true, fromAt: true, price: { select: { pricing: true, currency: true } } },
  });
  const found = new Map<string, CreditSnapshot>();
  const limits = new Map<string, CreditSnapshot['limits']>();
  for (const { id, tenantId, planId } of rows) {
    const prices = segments
      .filter((segment) => segment.subscriptionId === id && segment.planId === planId)
      .map(({ fromAt, price }) => {
        const pricing = planPricingSchema.parse(price.pricing);
        return {
          fromMs: fromAt.getTime(),
          pricing: pricing.collection === 'prepaid' ? pricing : null,
          currency: price.currency,
        };
      });
    const priced = prices.find(({ pricing }) => pricing !== null);
    if (priced === undefined) continue;
    if (!limits.has(tenantId)) {
      const { chargedNano, left } = await prepaidCredit(tx, { tenantId, consumerTenantId });
      const steps = creditLimits(chargedNano, left, nowMs);
      limits.set(
        tenantId,
        steps.map(({ limitNano, untilMs }) => ({ limitNano: limitNano.toString(), untilMs })),
      );
    }
    found.set(id, {
      currency: priced.currency,
      limits: limits.get(tenantId) ?? [],
      prices: prices.map(({ fromMs, pricing }) => ({ fromMs, pricing })),
    });
  }
  return found;
}
