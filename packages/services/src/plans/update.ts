import { z } from 'zod';
import { given } from '../given.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPlan, planFields, planInclude, planOut, planShape } from './plan-shape.ts';

/** Changes a plan. New limits hold for everybody on it, at once. */
export const updatePlan = defineVerb({
  name: 'plans.update',
  summary: 'Change a plan; new limits hold at once for everybody who is on it.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PATCH', path: '/apis/{api}/plans/{plan}' },
  input: z.object({
    api: z.string(),
    plan: z.string(),
    name: nameShape.optional(),
    description: planFields.description.optional(),
    limits: planFields.limits.optional(),
    approval: planFields.approval.optional(),
    position: planFields.position.optional(),
  }),
  output: planShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { api: apiSlug, plan, ...patch } = input;
    const { api, row: before } = await findPlan(tx, tenantId, apiSlug, plan);
    const changes = given(patch);
    const row = await tx.plan.update({
      where: { tenantId_id: { tenantId, id: before.id } },
      data: changes,
      include: planInclude,
    });
    await audit({ subject: { kind: 'plan', id: row.id, label: `${api.name} · ${row.name}` }, detail: changes });
    await announce('snapshot.tenant', { tenantId });
    return planOut(row);
  },
});
