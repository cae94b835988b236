import { must } from '@parley/kernel/assert';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { approvalShape, readApprovals } from './approval-shape.ts';
import { decideOne } from './decide-one.ts';
import { requiredReason } from './decision-fields.ts';

/** Pause a subscription; calls are refused until it is resumed. */
export const suspendSubscription = defineVerb({
  name: 'subscriptions.suspend',
  summary: 'Pause a subscription; calls are refused until it is resumed.',
  kind: 'write',
  access: 'approvals.decide',
  rest: { method: 'POST', path: '/approvals/{id}/suspend' },
  input: z.object({ id: z.uuid(), reason: requiredReason }),
  output: approvalShape,
  run: async (work) => {
    await decideOne(work, { ...work.input, move: 'suspend' });
    const { tx, tenantId, input } = work;
    return must(
      (await readApprovals(tx, tenantId, { ids: [input.id], limit: 1 }))[0],
      'the subscription just decided on',
    );
  },
});
