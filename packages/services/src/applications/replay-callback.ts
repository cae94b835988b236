import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { refuseMove, WAIT_AGAIN } from '../deliveries/delivery-shape.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** Tells a caller again how its job ended, under the same id, with all tries anew. */
export const replayCallback = defineVerb({
  name: 'applications.replayCallback',
  summary: 'Send the callback of a job again that has ended, under the same id.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/applications/{application}/callbacks/{job}/replay' },
  input: z.object({ application: applicationRef, job: z.uuid('The id of a job.') }),
  output: z.object({ job: z.uuid(), state: z.literal('waiting') }),
  async run({ tx, input, tenantId, audit }) {
    const application = await findApplication(tx, tenantId, input.application);
    const row = await tx.webhookDelivery.findFirst({
      where: { tenantId, eventId: input.job, upstreamId: application.id, event: { callbackUrl: { not: null } } },
      include: { event: { select: { callbackUrl: true } } },
    });
    if (!row) throw new Fault('not_found', 'This job asked for no callback, or its time is over and it was removed.');
    refuseMove(row.state, 'replay');
    const { count } = await tx.webhookDelivery.updateMany({
      where: { tenantId, id: row.id, state: row.state },
      data: { ...WAIT_AGAIN, nextTryAt: new Date() },
    });
    // Somebody was quicker: it is on its way already.
    if (count === 0) refuseMove('waiting', 'replay');
    await audit({
      subject: { kind: 'application', id: application.id, label: application.name },
      detail: { job: input.job, host: new URL(row.event.callbackUrl ?? '').host, was: row.state },
    });
    return { job: input.job, state: 'waiting' as const };
  },
});
