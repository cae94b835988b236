import { DELIVERY_STATES } from '@parley/contracts/deliveries';
import { z } from 'zod';
import { iso, optionalTimeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** As many as the list of jobs has. */
const MOST = 50;

/** How telling callers of their jobs' ends went, for those jobs that asked for it. */
export const listCallbacks = defineVerb({
  name: 'applications.listCallbacks',
  summary: 'List how the callbacks of an application’s jobs went; they are kept for a week.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/callbacks' },
  input: z.object({ application: applicationRef }),
  output: z.object({
    items: z.array(
      z.object({
        /** The job’s id, which is the `webhook-id` that its receiver sees. */
        job: z.uuid(),
        /** Whom it goes to, without the path: that may hold a token. */
        host: z.string(),
        state: z.enum(DELIVERY_STATES),
        tries: z.number().int(),
        /** Of one that waits. */
        nextTryAt: optionalTimeShape,
        lastStatus: z.number().int().nullable(),
        /** Why the last try got no answer. */
        lastError: z.string().nullable(),
        endedAt: optionalTimeShape,
      }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const { id } = await findApplication(tx, tenantId, input.application);
    const rows = await tx.webhookDelivery.findMany({
      where: { tenantId, upstreamId: id, event: { callbackUrl: { not: null } } },
      orderBy: [{ acceptedAt: 'desc' }, { id: 'desc' }],
      take: MOST,
      include: { event: { select: { callbackUrl: true } } },
    });
    return {
      items: rows.map((row) => ({
        job: row.eventId,
        host: new URL(row.event.callbackUrl ?? '').host,
        state: row.state,
        tries: row.tries,
        nextTryAt: row.state === 'waiting' ? iso(row.nextTryAt) : null,
        lastStatus: row.lastStatus,
        lastError: row.lastError,
        endedAt: iso(row.endedAt),
      })),
    };
  },
});
