import { z } from 'zod';
import { personOf, tenantOf } from '../context.ts';
import { iso, optionalTimeShape, pageInput, pageOf, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Notices to the signed-in person in the open tenant, newest first. */
export const listNotifications = defineVerb({
  name: 'notifications.list',
  summary: 'List your notices, newest first.',
  kind: 'read',
  access: 'person',
  input: pageInput.extend({ unreadOnly: z.boolean().default(false) }),
  output: pageOf(
    z.object({
      id: z.uuid(),
      kind: z.string(),
      title: z.string(),
      body: z.string(),
      href: z.string(),
      createdAt: timeShape,
      readAt: optionalTimeShape,
    }),
  ),
  async run({ tx, input, context }) {
    const rows = await tx.notification.findMany({
      where: {
        tenantId: tenantOf(context),
        userId: personOf(context),
        ...(input.unreadOnly ? { readAt: null } : {}),
        ...(input.cursor ? { id: { lt: input.cursor } } : {}),
      },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
    });
    const page = rows.slice(0, input.limit);
    return {
      items: page.map((row) => ({ ...row, createdAt: iso(row.createdAt), readAt: iso(row.readAt) })),
      nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null,
    };
  },
});
