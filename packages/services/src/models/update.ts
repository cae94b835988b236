import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { given } from '../given.ts';
import { findProvider } from '../providers/provider-shape.ts';
import { defineVerb } from '../verb.ts';
import {
  findModel,
  modelFields,
  modelInclude,
  modelOut,
  modelShape,
  providerModelInput,
  tokenProblem,
} from './model-shape.ts';

/** Changes what stands behind a model's name: provider, the provider's own name for it, limits, capabilities. */
export const updateModel = defineVerb({
  name: 'models.update',
  summary: 'Change a model’s provider, limits or capabilities; its name for callers stays.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'PATCH', path: '/models/{model}' },
  input: z.object({
    model: z.string(),
    provider: z.string().min(1, 'Choose a provider.').optional(),
    providerModel: providerModelInput.optional(),
    ...modelFields,
  }),
  output: modelShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { model: slug, provider, ...patch } = input;
    const before = await findModel(tx, tenantId, slug);
    const changes = given(patch);
    const problem = tokenProblem({ ...before, ...changes });
    if (problem) throw wrongField('maxOutputTokens', problem);
    const moved = provider === undefined ? {} : { providerId: (await findProvider(tx, tenantId, provider)).id };
    const row = await tx.model.update({
      where: { tenantId_id: { tenantId, id: before.id } },
      data: { ...changes, ...moved },
      include: modelInclude,
    });
    await audit({
      subject: { kind: 'model', id: before.id, label: row.name },
      detail: { ...changes, ...(provider === undefined ? {} : { provider }) },
    });
    await announce('snapshot.tenant', { tenantId });
    return modelOut(row);
  },
});
