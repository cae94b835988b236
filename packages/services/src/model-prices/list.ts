import { z } from 'zod';
import { findModel } from '../models/model-shape.ts';
import { defineVerb } from '../verb.ts';
import { priceOut, priceShape } from './price-shape.ts';

/** Every price a model ever had or will have, newest first. */
export const listModelPrices = defineVerb({
  name: 'modelPrices.list',
  summary: 'List a model’s prices, past, present and future, newest first.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/models/{model}/prices' },
  input: z.object({ model: z.string() }),
  output: z.object({ items: z.array(priceShape) }),
  async run({ tx, input, tenantId }) {
    const model = await findModel(tx, tenantId, input.model);
    return { items: model.prices.map(priceOut) };
  },
});
