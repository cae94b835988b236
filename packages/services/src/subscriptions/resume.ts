import { must } from '@parley/kernel/assert';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { approvalShape, readApprovals } from './approval-shape.ts';
import { decideOne } from './decide-one.ts';
import { optionalReason } from './decision-fields.ts';

/** Resume a paused subscription. */
export const resumeSubscription = defineVerb({
  name: 'subscriptions.resume',
  summary: 'Resume a paused subscription.',
  kind: 'write',
  access: 'approvals.decide',
  rest: { method: 'POST', path: '/approvals/{id}/resume' },
  input: z.object({ id: z.uuid(), reason: optionalReason }),
  output: approvalShape,
  run: async (work) => {
    await decideOne(work, { ...work.input, move: 'resume' });
    const { tx, tenantId, input } = work;
    return must(
      (await readApprovals(tx, tenantId, { ids: [input.id], limit: 1 }))[0],
      'the subscription just decided on',
    );
  },
});
