import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { defineVerb } from '../verb.ts';
import { planInclude, planOut, planShape } from './plan-shape.ts';

/** An API's plans in the order they are shown, archived ones too. */
export const listPlans = defineVerb({
  name: 'plans.list',
  summary: 'List an API’s plans, archived ones too.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/plans' },
  input: z.object({ api: z.string() }),
  output: z.object({ items: z.array(planShape) }),
  async run({ tx, input, tenantId }) {
    const api = await findApi(tx, tenantId, input.api);
    const rows = await tx.plan.findMany({
      where: { tenantId, apiId: api.id },
      orderBy: [{ position: 'asc' }, { createdAt: 'asc' }],
      include: planInclude,
    });
    return { items: rows.map(planOut) };
  },
});
