import { SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { publisherShape } from '../catalogue/catalogue-shape.ts';
import { atTheLimit, readLimits } from '../catalogue/limit-words.ts';
import { type PlanPriceRow, planPriceOut, planPriceShape } from '../plans/price-shape.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

export const LIVE_STATES = ['requested', 'approved', 'suspended'] as const;

/** A subscription as its consumer sees it. */
export const subscriptionShape = z.object({
  id: z.uuid(),
  state: z.enum(SUBSCRIPTION_STATES),
  publisher: publisherShape,
  api: z.object({ slug: z.string(), name: z.string(), kind: z.enum(['rest', 'prompt', 'llm']) }),
  application: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
  plan: z.object({
    slug: z.string(),
    name: z.string(),
    approval: z.enum(['auto', 'manual']),
    /** What a caller meets at the plan's limits, one sentence each. */
    words: z.array(z.string()),
  }),
  /** What it pays now, and what is set to come; `null`: nothing, nothing. */
  price: planPriceShape.nullable(),
  nextPrice: planPriceShape.nullable(),
  reason: z.string(),
  requestedAt: timeShape,
  /** Last decision of the publisher and its reason; empty while it waits, or where the plan granted access itself. */
  decidedAt: optionalTimeShape,
  decisionReason: z.string(),
  expiresAt: optionalTimeShape,
});
export type SubscriptionView = z.input<typeof subscriptionShape>;

/** Subscriptions of the consumer tenant that match, newest first. */
export async function readSubscriptions(
  tx: Transaction,
  consumerTenantId: string,
  which: {
    id?: string;
    applicationId?: string;
    states?: readonly (typeof SUBSCRIPTION_STATES)[number][];
    before?: string;
    limit: number;
  },
): Promise<SubscriptionView[]> {
  const now = new Date();
  const rows = await tx.subscription.findMany({
    where: {
      consumerTenantId,
      ...(which.applicationId ? { applicationId: which.applicationId } : {}),
      ...(which.states ? { state: { in: [...which.states] } } : {}),
      ...(which.id ? { id: which.id } : which.before ? { id: { lt: which.before } } : {}),
    },
    orderBy: { id: 'desc' },
    take: which.limit,
    include: { api: true, plan: true, application: true, segments: segmentsFrom(now) },
  });
  const publishers = await tx.tenant.findMany({ where: { id: { in: rows.map((row) => row.tenantId) } } });
  const names = new Map(publishers.map(({ id, slug, name }) => [id, { slug, name }]));
  return rows.map((row) => ({
    ...row,
    publisher: names.get(row.tenantId) ?? { slug: '', name: '' },
    plan: { ...row.plan, words: atTheLimit(readLimits(row.plan.limits)) },
    ...pricesOf(row.segments, now),
    requestedAt: iso(row.requestedAt),
    decidedAt: iso(row.decidedAt),
    expiresAt: iso(row.expiresAt),
  }));
}

/** Segments of a subscription that are not over, in order of time. */
const segmentsFrom = (now: Date) => ({
  where: { OR: [{ untilAt: null }, { untilAt: { gt: now } }] },
  orderBy: { fromAt: 'asc' as const },
  include: { price: true },
});

function pricesOf(segments: readonly { fromAt: Date; price: PlanPriceRow }[], now: Date) {
  const current = segments.find(({ fromAt }) => fromAt <= now);
  const next = segments.find(({ fromAt }) => fromAt > now);
  return { price: current ? planPriceOut(current.price) : null, nextPrice: next ? planPriceOut(next.price) : null };
}
