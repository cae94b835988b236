import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** What Stripe told of the tenant's customers, newest first, and what came of it. */
export const listStripeEvents = defineVerb({
  name: 'stripeEvents.list',
  summary: 'See what Stripe told of the tenant’s customers: payments, refunds, failures, and what came of each.',
  kind: 'read',
  access: 'system.read',
  rest: { method: 'GET', path: '/stripe-events' },
  input: z.object({ state: z.enum(['waiting', 'done', 'failed']).optional() }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        state: z.enum(['waiting', 'done', 'failed']),
        outcome: z.string(),
        problem: z.string(),
        tries: z.number().int(),
        receivedAt: timeShape,
        nextTryAt: optionalTimeShape,
      }),
    ),
  }),
  run: async ({ tx, input, tenantId }) => {
    const rows = await tx.stripeEvent.findMany({
      where: { publisherId: tenantId, ...(input.state ? { state: input.state } : {}) },
      orderBy: { receivedAt: 'desc' },
      take: 100,
    });
    return {
      items: rows.map((row) => ({
        id: row.id,
        type: row.type,
        state: row.state,
        outcome: row.outcome,
        problem: row.lastError,
        tries: row.tries,
        receivedAt: iso(row.receivedAt),
        nextTryAt: row.state === 'waiting' ? iso(row.nextTryAt) : null,
      })),
    };
  },
});
