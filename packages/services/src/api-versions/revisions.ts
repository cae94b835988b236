import { z } from 'zod';
import { toPage } from '../page.ts';
import { namesOf } from '../prompts/prompt-shape.ts';
import { iso, pageInput, pageOf, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findVersion } from './version-shape.ts';

/** Everything a version served so far, newest first: who changed it, when and why. */
export const listRevisions = defineVerb({
  name: 'apiVersions.revisions',
  summary: 'List the revisions of a version, newest first.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}/revisions' },
  input: pageInput.extend({
    api: z.string(),
    version: z.string(),
    cursor: z
      .string()
      .regex(/^\d{1,9}$/, 'Pass the cursor back as it came.')
      .optional(),
  }),
  output: pageOf(
    z.object({
      number: z.number(),
      note: z.string(),
      /** Who made it; `null` for tokens and members who are gone. */
      createdBy: z.string().nullable(),
      createdAt: timeShape,
      /** True for the one being served. */
      current: z.boolean(),
    }),
  ),
  async run({ tx, input, tenantId }) {
    const { row: version } = await findVersion(tx, tenantId, input.api, input.version);
    const found = await tx.apiRevision.findMany({
      where: {
        tenantId,
        apiVersionId: version.id,
        ...(input.cursor === undefined ? {} : { number: { lt: Number(input.cursor) } }),
      },
      orderBy: { number: 'desc' },
      take: input.limit + 1,
      select: { number: true, note: true, createdById: true, createdAt: true },
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => String(row.number));
    const names = await namesOf(
      tx,
      rows.map((row) => row.createdById),
    );
    const items = rows.map(({ number, note, createdById, createdAt }) => ({
      number,
      note,
      createdBy: createdById === null ? null : (names.get(createdById) ?? null),
      createdAt: iso(createdAt),
      current: number === version.revision,
    }));
    return { items, nextCursor };
  },
});
