import { DELIVERY_STATES } from '@parley/contracts/deliveries';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { deliveryOut, deliveryShape, withEvent } from './delivery-shape.ts';

/** Deliveries of an API's events, newest first. */
export const listDeliveries = defineVerb({
  name: 'deliveries.list',
  summary: 'List the deliveries of an API’s events, newest first.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/deliveries' },
  input: pageInput.extend({
    api: z.string(),
    state: z.enum(DELIVERY_STATES).optional(),
    /** Short name of the destination. */
    upstream: z.string().max(63).optional(),
    cursor: z
      .string()
      .regex(/^\d{1,15}_[0-9a-f-]{36}$/, 'Take it from the answer before.')
      .optional(),
  }),
  output: pageOf(deliveryShape),
  run: async ({ tx, input, tenantId }) => {
    const api = await findApi(tx, tenantId, input.api);
    const [ms, id] = input.cursor?.split('_') ?? [];
    const before = new Date(Number(ms ?? 0));
    const found = await tx.webhookDelivery.findMany({
      where: {
        tenantId,
        apiId: api.id,
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.upstream === undefined ? {} : { upstreamSlug: input.upstream }),
        ...(id === undefined ? {} : { OR: [{ acceptedAt: { lt: before } }, { acceptedAt: before, id: { lt: id } }] }),
      },
      include: withEvent,
      orderBy: [{ acceptedAt: 'desc' }, { id: 'desc' }],
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => `${row.acceptedAt.getTime()}_${row.id}`);
    return { items: rows.map(deliveryOut), nextCursor };
  },
});
