import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findPlan, planOut, planShape } from './plan-shape.ts';

/** Takes a plan off the offer. Who is on it stays on it; nobody new can choose it. */
export const archivePlan = defineVerb({
  name: 'plans.archive',
  summary: 'Take a plan off the offer; who is on it stays on it.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/plans/{plan}/archive' },
  input: z.object({ api: z.string(), plan: z.string() }),
  output: planShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { api, row } = await findPlan(tx, tenantId, input.api, input.plan);
    const { count } = await tx.plan.updateMany({
      where: { tenantId, id: row.id, archivedAt: null },
      data: { archivedAt: new Date() },
    });
    if (count === 0) throw new Fault('invalid_state', 'This plan is off the offer already.');
    await audit({ subject: { kind: 'plan', id: row.id, label: `${api.name} · ${row.name}` } });
    await announce('snapshot.tenant', { tenantId });
    return planOut((await findPlan(tx, tenantId, input.api, input.plan)).row);
  },
});
