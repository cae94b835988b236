import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { orConflict } from '../conflict.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { planFields, planInclude, planOut, planShape } from './plan-shape.ts';

/** Adds a plan to an API: how many requests its subscribers have, and whether somebody decides on each request. */
export const createPlan = defineVerb({
  name: 'plans.create',
  summary: 'Add a plan to an API.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/plans' },
  input: z.object({
    api: z.string(),
    slug: slugShape,
    name: nameShape,
    description: planFields.description.default(''),
    limits: planFields.limits.default([]),
    approval: planFields.approval.default('manual'),
    position: planFields.position.optional(),
  }),
  output: planShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { api: apiSlug, position, ...fields } = input;
    const api = await findApi(tx, tenantId, apiSlug);
    const last = await tx.plan.aggregate({ where: { tenantId, apiId: api.id }, _max: { position: true } });
    const row = await orConflict(
      tx.plan.create({
        data: { ...fields, position: position ?? (last._max.position ?? -1) + 1, tenantId, id: newId(), apiId: api.id },
        include: planInclude,
      }),
      'slug',
      'This API has a plan with this short name already. An archived plan keeps its name.',
    );
    await audit({ subject: { kind: 'plan', id: row.id, label: `${api.name} · ${row.name}` }, detail: input });
    await announce('snapshot.tenant', { tenantId });
    return planOut(row);
  },
});
