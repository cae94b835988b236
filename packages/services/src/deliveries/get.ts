import { deliveredHeadersSchema } from '@parley/contracts/deliveries';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { deliveryOut, deliveryShape, findDelivery } from './delivery-shape.ts';

const attemptShape = z.object({
  number: z.number().int(),
  startedAt: timeShape,
  /** `null` while it runs, or when its process died over it. */
  endedAt: optionalTimeShape,
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  durationMs: z.number().int().nullable(),
  /** Beginning of the answer. */
  excerpt: z.string().nullable(),
});

/** At most so many of the newest tries are shown. */
const ATTEMPTS = 100;

/** One delivery with its event and every try. */
export const getDelivery = defineVerb({
  name: 'deliveries.get',
  summary: 'Read one delivery: its event, how it stands, and every try.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/deliveries/{id}' },
  input: z.object({ id: z.uuid() }),
  output: deliveryShape.extend({
    /** Id of the call that was accepted, as in the request log. */
    requestId: z.uuid(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    bodyBytes: z.number().int(),
    /** Until when it is kept. */
    keepUntil: timeShape,
    /** Newest first. */
    attempts: z.array(attemptShape),
  }),
  run: async ({ tx, input, tenantId }) => {
    const row = await findDelivery(tx, tenantId, input.id);
    const event = await tx.webhookEvent.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: row.eventId } },
      omit: { sealedBody: true },
    });
    const attempts = await tx.webhookAttempt.findMany({
      where: { tenantId, deliveryId: row.id },
      orderBy: { number: 'desc' },
      take: ATTEMPTS,
    });
    return {
      ...deliveryOut(row),
      requestId: event.requestId,
      headers: deliveredHeadersSchema.parse(event.headers).map(([name, value]) => ({ name, value })),
      bodyBytes: event.bodyBytes,
      keepUntil: iso(event.keepUntil),
      attempts: attempts.map((attempt) => ({
        number: attempt.number,
        startedAt: iso(attempt.startedAt),
        endedAt: iso(attempt.endedAt),
        status: attempt.status,
        error: attempt.error,
        durationMs: attempt.durationMs,
        excerpt: attempt.excerpt,
      })),
    };
  },
});
