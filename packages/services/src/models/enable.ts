import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findModel, modelOut, modelShape } from './model-shape.ts';

/** Puts a model that was taken out of service back into it. */
export const enableModel = defineVerb({
  name: 'models.enable',
  summary: 'Put a model back into service.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/models/{model}/enable' },
  input: z.object({ model: z.string() }),
  output: modelShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { id, name } = await findModel(tx, tenantId, input.model);
    const { count } = await tx.model.updateMany({
      where: { tenantId, id, disabledAt: { not: null } },
      data: { disabledAt: null },
    });
    if (count === 0) throw new Fault('invalid_state', 'This model is in service already.');
    await audit({ subject: { kind: 'model', id, label: name } });
    await announce('snapshot.tenant', { tenantId });
    return modelOut(await findModel(tx, tenantId, input.model));
  },
});
