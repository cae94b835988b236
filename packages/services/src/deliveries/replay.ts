import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { deliveryOut, deliveryShape, findDelivery, refuseDisabled, refuseMove, WAIT_AGAIN } from './delivery-shape.ts';

/** Sends an event to its destination again, under the same id, with all tries of its policy. */
export const replayDelivery = defineVerb({
  name: 'deliveries.replay',
  summary: 'Send a delivery that has ended again, under the same id.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/deliveries/{id}/replay' },
  input: z.object({ id: z.uuid() }),
  output: deliveryShape,
  async run({ tx, input, tenantId, audit }) {
    const row = await findDelivery(tx, tenantId, input.id);
    refuseMove(row.state, 'replay');
    await refuseDisabled(tx, tenantId, row.upstreamId);
    const { count } = await tx.webhookDelivery.updateMany({
      where: { tenantId, id: row.id, state: row.state },
      data: { ...WAIT_AGAIN, nextTryAt: new Date() },
    });
    // Somebody was quicker: it is on its way already.
    if (count === 0) refuseMove('waiting', 'replay');
    await audit({
      subject: { kind: 'delivery', id: row.id, label: `${row.event.method} ${row.event.path}` },
      detail: { event: row.eventId, upstream: row.upstreamSlug, was: row.state },
    });
    return deliveryOut(await findDelivery(tx, tenantId, row.id));
  },
});
