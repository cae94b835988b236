import { limitSchema } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findApi, LIVE_SUBSCRIPTIONS } from '../apis/api-shape.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { planPriceShape, pricesAt, withPrices } from './price-shape.ts';

/** Requests per fixed window, checked all together; an empty list is no limit. */
export const limitsInput = z
  .array(limitSchema)
  .max(10, 'At most ten limits.')
  .refine(
    (limits) => new Set(limits.map(({ windowSeconds }) => windowSeconds)).size === limits.length,
    'Two limits have the same window. Keep the one that is meant.',
  );

export const planFields = {
  description: z.string().trim().max(1000, 'At most 1,000 characters.'),
  limits: limitsInput,
  approval: z.enum(['auto', 'manual'], 'Choose whether somebody decides on each request.'),
  position: z.number().int('A whole number.').min(0).max(1000),
};

export const planShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  limits: z.array(limitSchema),
  approval: z.enum(['auto', 'manual']),
  position: z.number(),
  /** What newcomers pay now, and what is set to come; `null`: free, nothing. */
  price: planPriceShape.nullable(),
  nextPrice: planPriceShape.nullable(),
  /** Subscriptions on this plan that are in force, waiting or suspended. */
  subscriberCount: z.number(),
  createdAt: timeShape,
  updatedAt: timeShape,
  archivedAt: optionalTimeShape,
});

export const planInclude = {
  ...withPrices,
  _count: { select: { subscriptions: { where: { state: { in: [...LIVE_SUBSCRIPTIONS] } } } } },
};

export async function findPlan(tx: Transaction, tenantId: string, apiSlug: string, slug: string) {
  const api = await findApi(tx, tenantId, apiSlug);
  const row = await tx.plan.findUnique({
    where: { tenantId_apiId_slug: { tenantId, apiId: api.id, slug } },
    include: planInclude,
  });
  if (!row) throw new Fault('not_found', `“${apiSlug}” has no plan “${slug}”.`);
  return { api, row };
}

export function planOut(row: Awaited<ReturnType<typeof findPlan>>['row']): z.input<typeof planShape> {
  return {
    ...row,
    ...pricesAt(row.prices, Date.now()),
    limits: z.array(limitSchema).parse(row.limits),
    subscriberCount: row._count.subscriptions,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    archivedAt: iso(row.archivedAt),
  };
}
