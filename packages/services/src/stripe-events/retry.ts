import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Has an event worked on again that failed, or that would wait for its next try. */
export const retryStripeEvent = defineVerb({
  name: 'stripeEvents.retry',
  summary: 'Work again on something Stripe told that failed.',
  kind: 'write',
  access: 'system.write',
  rest: { method: 'POST', path: '/stripe-events/{event}/retry' },
  input: z.object({ event: z.string().max(255) }),
  output: doneShape,
  run: async ({ tx, input, tenantId, audit }) => {
    const { count } = await tx.stripeEvent.updateMany({
      where: { id: input.event, publisherId: tenantId, state: { in: ['failed', 'waiting'] } },
      data: { state: 'waiting', tries: 0, nextTryAt: new Date() },
    });
    if (count === 0) throw new Fault('not_found', 'There is no such event that failed.');
    await audit({ subject: { kind: 'stripe-event', id: null, label: input.event } });
    return DONE;
  },
});
