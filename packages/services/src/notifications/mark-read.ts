import { z } from 'zod';
import { personOf, tenantOf } from '../context.ts';
import { defineVerb } from '../verb.ts';

/** Marks one's own notices as read: these, or all of them when none are named. Those read before keep their time. */
export const markReadNotifications = defineVerb({
  name: 'notifications.markRead',
  summary: 'Mark your notices as read.',
  kind: 'write',
  access: 'person',
  input: z.object({ ids: z.array(z.uuid()).max(200).optional() }),
  output: z.object({ marked: z.number().int() }),
  async run({ tx, input, context }) {
    const { count } = await tx.notification.updateMany({
      where: {
        tenantId: tenantOf(context),
        userId: personOf(context),
        readAt: null,
        ...(input.ids ? { id: { in: input.ids } } : {}),
      },
      data: { readAt: new Date() },
    });
    return { marked: count };
  },
});
