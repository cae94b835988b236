import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findBudget } from './subject.ts';

/** Takes a budget out of force. Its alerts stay in the records. */
export const archiveBudget = defineVerb({
  name: 'budgets.archive',
  summary: 'Archive a budget: it refuses nothing and tells nothing any more.',
  kind: 'write',
  access: 'budgets.write',
  rest: { method: 'POST', path: '/budgets/{budget}/archive' },
  input: z.object({ budget: z.string() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { id, name } = await findBudget(tx, tenantId, input.budget);
    await tx.budget.update({ where: { tenantId_id: { tenantId, id } }, data: { archivedAt: new Date() } });
    await audit({ subject: { kind: 'budget', id, label: name } });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
