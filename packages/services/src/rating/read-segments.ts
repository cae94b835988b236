import { planPricingSchema } from '@parley/contracts/plan-pricing';
import type { Transaction } from '@parley/db/client';
import type { PricedSegment } from '@parley/domain/rating/segments';

/** All segments of a subscription with their prices, in order of time. */
export async function readSegments(
  tx: Transaction,
  of: { readonly tenantId: string; readonly subscriptionId: string },
): Promise<PricedSegment[]> {
  const { tenantId, subscriptionId } = of;
  const rows = await tx.subscriptionSegment.findMany({
    where: { tenantId, subscriptionId },
    orderBy: { fromAt: 'asc' },
    include: { price: true },
  });
  return rows.map((row) => ({
    id: row.id,
    fromMs: row.fromAt.getTime(),
    untilMs: row.untilAt?.getTime() ?? null,
    planId: row.planId,
    price: { id: row.priceId, currency: row.price.currency, pricing: planPricingSchema.parse(row.price.pricing) },
  }));
}
