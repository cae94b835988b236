import { z } from 'zod';
import { pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationShape, readApplications } from './application-shape.ts';

export const listApplications = defineVerb({
  name: 'applications.list',
  summary: 'List the tenant’s applications, newest first.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications' },
  input: z.object({
    text: z.string().max(200).optional().describe('Part of the name or short name.'),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: pageOf(applicationShape),
  run: async ({ tx, input, tenantId }) => {
    const rows = await readApplications(tx, tenantId, {
      limit: input.limit + 1,
      ...(input.cursor ? { before: input.cursor } : {}),
      ...(input.text ? { text: input.text } : {}),
    });
    const items = rows.slice(0, input.limit);
    return { items, nextCursor: rows.length > items.length ? (items.at(-1)?.id ?? null) : null };
  },
});
