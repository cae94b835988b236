import { BATCH_FILES, BATCH_READ_PATH, batchPieceShape, batchReadReplySchema } from '@parley/contracts/kept-batches';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { askGateway } from '../api-versions/ask-gateway.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** What a batch was answered, piece by piece. A write, for each reading is noted in the audit log, with its first piece. */
export const readBatch = defineVerb({
  name: 'applications.readBatch',
  summary: 'Read what the calls of a batch were answered, as base64 in pieces; noted in the audit log.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/applications/{application}/batches/{batch}/read' },
  input: z.object({
    application: applicationRef,
    batch: z.uuid().describe('Id of the batch.'),
    file: z.enum(BATCH_FILES).default('output').describe('What was answered well, or what was not.'),
    part: z.number().int().min(0).max(1000).default(0).describe('Which piece, from 0: `next` of the one before.'),
  }),
  output: batchPieceShape,
  async run({ tx, input, context, tenantId, audit }) {
    const { id, name } = await findApplication(tx, tenantId, input.application);
    const { batch, file, part } = input;
    if (part === 0) await audit({ subject: { kind: 'application', id, label: name }, detail: { batch, file } });
    const asked = { applicationId: id, id: batch, file, part };
    const question = { path: BATCH_READ_PATH, asked, reply: batchReadReplySchema };
    return new AfterCommit(async () => {
      const { piece } = await askGateway(context.settings, question);
      if (piece === null) throw new Fault('not_found', 'The batch has no such file, or it is gone.');
      return piece;
    });
  },
});
