import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findModel, modelOut, modelShape } from './model-shape.ts';

/** One model with its price now and the next one. */
export const getModel = defineVerb({
  name: 'models.get',
  summary: 'Read one model.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/models/{model}' },
  input: z.object({ model: z.string() }),
  output: modelShape,
  async run({ tx, input, tenantId }) {
    return modelOut(await findModel(tx, tenantId, input.model));
  },
});
