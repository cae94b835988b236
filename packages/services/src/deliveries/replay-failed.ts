import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { wrongField } from '../conflict.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { WAIT_AGAIN } from './delivery-shape.ts';

/** Sends everything again that failed in a span of time. Destinations that are switched off are left out. */
export const replayFailedDeliveries = defineVerb({
  name: 'deliveries.replayFailed',
  summary: 'Send all deliveries of an API again that were given up in a span of time.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/deliveries/replay-failed' },
  input: z.object({
    api: z.string(),
    /** Given up from this time on … */
    from: timeShape,
    /** … and before this one. */
    until: timeShape,
    /** Short name of the destination; all of them when not given. */
    upstream: z.string().max(63).optional(),
  }),
  output: z.object({ count: z.number().int() }),
  async run({ tx, input, tenantId, audit }) {
    const api = await findApi(tx, tenantId, input.api);
    const { from, until, upstream } = input;
    if (until <= from) throw wrongField('until', 'This must be after the beginning.');
    const off = await tx.webhookDestination.findMany({ where: { tenantId, disabledAt: { not: null } } });
    const { count } = await tx.webhookDelivery.updateMany({
      where: {
        tenantId,
        apiId: api.id,
        state: 'failed',
        endedAt: { gte: new Date(from), lt: new Date(until) },
        upstreamId: { notIn: off.map(({ upstreamId }) => upstreamId) },
        ...(upstream === undefined ? {} : { upstreamSlug: upstream }),
      },
      data: { ...WAIT_AGAIN, nextTryAt: new Date() },
    });
    await audit({
      subject: { kind: 'api', id: api.id, label: api.slug },
      detail: { from, until, count, ...(upstream === undefined ? {} : { upstream }) },
    });
    return { count };
  },
});
