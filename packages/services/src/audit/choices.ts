import { z } from 'zod';
import { defineVerb } from '../verb.ts';

/** What the audit log can be filtered by: actors and actions of the last ninety days. */
export const auditChoices = defineVerb({
  name: 'audit.choices',
  summary: 'List the actors and actions found in the audit log.',
  kind: 'read',
  access: 'audit.read',
  input: z.object({}),
  output: z.object({
    actors: z.array(z.object({ id: z.string(), label: z.string() })),
    actions: z.array(z.string()),
  }),
  async run({ tx, tenantId }) {
    const where = { tenantId, at: { gte: new Date(Date.now() - 90 * 86_400_000) } };
    const actions = await tx.auditEntry.groupBy({ by: ['action'], where, orderBy: { action: 'asc' } });
    const actors = await tx.auditEntry.groupBy({
      by: ['actorId', 'actorLabel'],
      where: { ...where, actorId: { not: null } },
      orderBy: { actorLabel: 'asc' },
      take: 500,
    });
    const byId = new Map(actors.map(({ actorId, actorLabel }) => [actorId ?? '', actorLabel]));
    return {
      actors: [...byId].map(([id, label]) => ({ id, label })),
      actions: actions.map(({ action }) => action),
    };
  },
});
