import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findModel, modelOut, modelShape } from './model-shape.ts';

/** Takes a model out of service: calls that need it are refused from then on. */
export const disableModel = defineVerb({
  name: 'models.disable',
  summary: 'Take a model out of service; calls that need it are refused.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/models/{model}/disable' },
  input: z.object({ model: z.string() }),
  output: modelShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { id, name } = await findModel(tx, tenantId, input.model);
    const { count } = await tx.model.updateMany({
      where: { tenantId, id, disabledAt: null },
      data: { disabledAt: new Date() },
    });
    if (count === 0) throw new Fault('invalid_state', 'This model is out of service already.');
    await audit({ subject: { kind: 'model', id, label: name } });
    await announce('snapshot.tenant', { tenantId });
    return modelOut(await findModel(tx, tenantId, input.model));
  },
});
