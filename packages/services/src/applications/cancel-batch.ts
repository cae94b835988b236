import { BATCH_CANCEL_PATH, batchCancelReplySchema, keptBatchShape } from '@parley/contracts/kept-batches';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { askGateway } from '../api-versions/ask-gateway.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** Cancels a batch: calls that run come to their end, no further one is made. One that has ended stays as it is. */
export const cancelBatch = defineVerb({
  name: 'applications.cancelBatch',
  summary: 'Cancel a batch of an application; what was answered until then is kept.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/applications/{application}/batches/{batch}/cancel' },
  input: z.object({ application: applicationRef, batch: z.uuid().describe('Id of the batch.') }),
  output: keptBatchShape,
  async run({ tx, input, context, tenantId, audit }) {
    const { id, name } = await findApplication(tx, tenantId, input.application);
    await audit({ subject: { kind: 'application', id, label: name }, detail: { batch: input.batch } });
    const asked = { applicationId: id, id: input.batch };
    const question = { path: BATCH_CANCEL_PATH, asked, reply: batchCancelReplySchema };
    return new AfterCommit(async () => {
      const { batch } = await askGateway(context.settings, question);
      if (batch === null) throw new Fault('not_found', 'The application has no such batch.');
      return batch;
    });
  },
});
