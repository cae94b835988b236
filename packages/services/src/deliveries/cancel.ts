import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { deliveryOut, deliveryShape, findDelivery, refuseMove } from './delivery-shape.ts';

/** Stops a delivery: it is not tried again. A try that runs at this moment may still arrive. */
export const cancelDelivery = defineVerb({
  name: 'deliveries.cancel',
  summary: 'Stop a delivery that has not ended: it is not tried again.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/deliveries/{id}/cancel' },
  input: z.object({ id: z.uuid() }),
  output: deliveryShape,
  async run({ tx, input, tenantId, audit }) {
    const row = await findDelivery(tx, tenantId, input.id);
    refuseMove(row.state, 'cancel');
    const { count } = await tx.webhookDelivery.updateMany({
      where: { tenantId, id: row.id, state: { in: ['waiting', 'sending'] } },
      data: { state: 'cancelled', lease: null, endedAt: new Date() },
    });
    // It ended in between.
    if (count === 0) refuseMove('delivered', 'cancel');
    await audit({
      subject: { kind: 'delivery', id: row.id, label: `${row.event.method} ${row.event.path}` },
      detail: { event: row.eventId, upstream: row.upstreamSlug, was: row.state },
    });
    return deliveryOut(await findDelivery(tx, tenantId, row.id));
  },
});
