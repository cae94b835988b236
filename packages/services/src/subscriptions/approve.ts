import { must } from '@parley/kernel/assert';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { approvalShape, readApprovals } from './approval-shape.ts';
import { decideOne } from './decide-one.ts';
import { expiryField, optionalReason } from './decision-fields.ts';

/** Approve a request; the application’s keys open the API at once. */
export const approveSubscription = defineVerb({
  name: 'subscriptions.approve',
  summary: 'Approve a request; the application’s keys open the API at once.',
  kind: 'write',
  access: 'approvals.decide',
  rest: { method: 'POST', path: '/approvals/{id}/approve' },
  input: z.object({ id: z.uuid(), reason: optionalReason, expiresAt: expiryField }),
  output: approvalShape,
  run: async (work) => {
    await decideOne(work, { ...work.input, move: 'approve' });
    const { tx, tenantId, input } = work;
    return must(
      (await readApprovals(tx, tenantId, { ids: [input.id], limit: 1 }))[0],
      'the subscription just decided on',
    );
  },
});
