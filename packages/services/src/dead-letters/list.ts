import { z } from 'zod';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { deadLetterOut, deadLetterShape } from './dead-letter-shape.ts';

/** Jobs of the tenant that failed for good, newest first. */
export const listDeadLetters = defineVerb({
  name: 'deadLetters.list',
  summary: 'List jobs that failed for good.',
  kind: 'read',
  access: 'system.read',
  rest: { method: 'GET', path: '/dead-letters' },
  input: pageInput.extend({
    /** `open`: those nobody has retried or dismissed. */
    show: z.enum(['open', 'resolved', 'all']).default('open'),
    cursor: z
      .string()
      .regex(/^\d{1,15}_[0-9a-f-]{36}$/, 'Take it from the answer before.')
      .optional(),
  }),
  output: pageOf(deadLetterShape),
  run: async ({ tx, input, tenantId }) => {
    const [ms, id] = input.cursor?.split('_') ?? [];
    const before = new Date(Number(ms ?? 0));
    const found = await tx.deadLetter.findMany({
      where: {
        tenantId,
        ...(input.show === 'all' ? {} : { resolvedAt: input.show === 'open' ? null : { not: null } }),
        ...(id === undefined ? {} : { OR: [{ failedAt: { lt: before } }, { failedAt: before, id: { lt: id } }] }),
      },
      orderBy: [{ failedAt: 'desc' }, { id: 'desc' }],
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => `${row.failedAt.getTime()}_${row.id}`);
    return { items: rows.map(deadLetterOut), nextCursor };
  },
});
