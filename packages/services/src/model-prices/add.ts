import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { findModel } from '../models/model-shape.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { checkPrice } from './complete-price.ts';
import { priceInput } from './price-input.ts';
import { priceColumns } from './price-row.ts';
import { priceOut, priceShape } from './price-shape.ts';

/** A page filled in a moment ago still means “now”. */
const TOLERANCE_MS = 60_000;

/** Adds a price to a model, in force from now or from a later moment. Earlier prices stay as they were. */
export const addModelPrice = defineVerb({
  name: 'modelPrices.add',
  summary: 'Set a model’s price from now or a later moment on; earlier calls keep the price they were made at.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/models/{model}/prices' },
  input: priceInput.extend({ model: z.string(), effectiveFrom: timeShape.optional() }),
  output: priceShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { model: slug, effectiveFrom, ...price } = input;
    checkPrice(price);
    const model = await findModel(tx, tenantId, slug);
    const now = new Date();
    const asked = effectiveFrom === undefined ? now : new Date(effectiveFrom);
    if (asked.getTime() < now.getTime() - TOLERANCE_MS) {
      throw wrongField('effectiveFrom', 'A price cannot begin in the past: calls made then are already priced.');
    }
    const from = asked < now ? now : asked;
    const row = await orConflict(
      tx.modelPrice.create({
        data: {
          ...priceColumns(price),
          tenantId,
          id: newId(),
          modelId: model.id,
          effectiveFrom: from,
          createdById: context.userId,
        },
      }),
      'effectiveFrom',
      'Another price begins at this very moment. Choose another time.',
    );
    const out = priceOut(row);
    await audit({ subject: { kind: 'model', id: model.id, label: model.name }, detail: { ...out } });
    await announce('snapshot.tenant', { tenantId });
    return out;
  },
});
