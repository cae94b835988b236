import { z } from 'zod';
import { personOf, tenantOf } from '../context.ts';
import { defineVerb } from '../verb.ts';

/** How many notices the signed-in person has not read in the open tenant. */
export const countUnreadNotifications = defineVerb({
  name: 'notifications.countUnread',
  summary: 'Count your unread notices.',
  kind: 'read',
  access: 'person',
  input: z.object({}),
  output: z.object({ count: z.number().int() }),
  async run({ tx, context }) {
    const where = { tenantId: tenantOf(context), userId: personOf(context), readAt: null };
    return { count: await tx.notification.count({ where }) };
  },
});
