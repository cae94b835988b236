import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { checkPrice } from '../model-prices/complete-price.ts';
import { priceInput } from '../model-prices/price-input.ts';
import { priceColumns } from '../model-prices/price-row.ts';
import { findProvider } from '../providers/provider-shape.ts';
import { defineVerb } from '../verb.ts';
import {
  findModel,
  modelFields,
  modelOut,
  modelShape,
  modelSlugShape,
  providerModelInput,
  tokenProblem,
} from './model-shape.ts';

/** Adds a model of a provider under the name callers will use, with its first price when one is given. */
export const createModel = defineVerb({
  name: 'models.create',
  summary: 'Add a model under the name callers will use. Without a price, calls to it are refused.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/models' },
  input: z.object({
    slug: modelSlugShape,
    provider: z.string().min(1, 'Choose a provider.'),
    providerModel: providerModelInput,
    ...modelFields,
    price: priceInput.optional(),
  }),
  output: modelShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { provider: providerSlug, price, ...fields } = input;
    const problem = tokenProblem(input);
    if (problem) throw wrongField('maxOutputTokens', problem);
    if (price) checkPrice(price, 'price.');
    const provider = await findProvider(tx, tenantId, providerSlug);
    const id = newId();
    await orConflict(
      tx.model.create({
        data: {
          tenantId,
          id,
          providerId: provider.id,
          slug: fields.slug,
          name: fields.name ?? fields.slug,
          providerModel: fields.providerModel,
          contextTokens: fields.contextTokens ?? null,
          maxOutputTokens: fields.maxOutputTokens ?? null,
          capabilities: fields.capabilities ?? ['chat'],
        },
      }),
      'slug',
      'A model with this name exists already.',
    );
    if (price) {
      await tx.modelPrice.create({
        data: {
          ...priceColumns(price),
          tenantId,
          id: newId(),
          modelId: id,
          effectiveFrom: new Date(),
          createdById: context.userId,
        },
      });
    }
    await audit({ subject: { kind: 'model', id, label: fields.name ?? fields.slug }, detail: { ...input } });
    await announce('snapshot.tenant', { tenantId });
    return modelOut(await findModel(tx, tenantId, fields.slug));
  },
});
