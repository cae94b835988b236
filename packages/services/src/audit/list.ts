import { z } from 'zod';
import { iso, pageInput, pageOf, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** What was done in the open tenant, newest first, by whom and to what. */
export const listAudit = defineVerb({
  name: 'audit.list',
  summary: 'Read the audit log, newest first.',
  kind: 'read',
  access: 'audit.read',
  input: pageInput.extend({
    /** A verb (`subscriptions.approve`) or a noun with a dot (`subscriptions.`). */
    action: z.string().max(80).optional(),
    actorId: z.uuid().optional(),
    /** Words in the name of the actor or the subject. */
    search: z.string().trim().max(100).optional(),
    from: timeShape.optional(),
    to: timeShape.optional(),
  }),
  output: pageOf(
    z.object({
      id: z.uuid(),
      at: timeShape,
      actor: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string() }),
      action: z.string(),
      subject: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string() }),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  rest: { method: 'GET', path: '/audit' },
  async run({ tx, tenantId, input }) {
    const { action, actorId, search, from, to, cursor, limit } = input;
    // Prisma passes the pattern signs of LIKE on as they are.
    const like = { contains: (search ?? '').replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const };
    const rows = await tx.auditEntry.findMany({
      where: {
        tenantId,
        ...(action ? { action: action.endsWith('.') ? { startsWith: action } : action } : {}),
        ...(actorId ? { actorId } : {}),
        ...(search ? { OR: [{ actorLabel: like }, { subjectLabel: like }] } : {}),
        at: { ...(from ? { gte: new Date(from) } : {}), ...(to ? { lt: new Date(to) } : {}) },
        ...(cursor && z.uuid().safeParse(cursor).success ? { id: { lt: cursor } } : {}),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    return {
      items: page.map((row) => ({
        id: row.id,
        at: iso(row.at),
        actor: { kind: row.actorKind, id: row.actorId, label: row.actorLabel },
        action: row.action,
        subject: { kind: row.subjectKind, id: row.subjectId, label: row.subjectLabel },
        detail: z.record(z.string(), z.unknown()).parse(row.detail),
      })),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  },
});
