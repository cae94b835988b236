import { BATCH_LIST_PATH, batchListReplySchema } from '@parley/contracts/kept-batches';
import { z } from 'zod';
import { askGateway } from '../api-versions/ask-gateway.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** Batches of an application, newest first, as the gateways keep them. */
export const listBatches = defineVerb({
  name: 'applications.listBatches',
  summary: 'List the batches of an application, with their state and counts; the newest 50 that are kept.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/batches' },
  input: z.object({ application: applicationRef }),
  output: batchListReplySchema,
  async run({ tx, input, context, tenantId }) {
    const { id } = await findApplication(tx, tenantId, input.application);
    const question = { path: BATCH_LIST_PATH, asked: { applicationId: id }, reply: batchListReplySchema };
    return new AfterCommit(() => askGateway(context.settings, question));
  },
});
