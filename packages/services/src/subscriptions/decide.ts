import { Fault, type FaultCode } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { decideOne } from './decide-one.ts';
import { expiryField, optionalReason } from './decision-fields.ts';

/**
 * The same decision on many requests. Each is decided or not on its own: one that somebody settled before is reported,
 * and the others are still decided.
 */
export const decideSubscriptions = defineVerb({
  name: 'subscriptions.decide',
  summary: 'Approve or refuse many requests at once.',
  kind: 'write',
  access: 'approvals.decide',
  rest: { method: 'POST', path: '/approvals/decide' },
  input: z
    .object({
      ids: z.array(z.uuid()).min(1, 'Choose at least one request.').max(100, 'At most 100 at once.'),
      decision: z.enum(['approve', 'refuse']),
      reason: optionalReason,
      expiresAt: expiryField,
    })
    .refine((input) => input.decision === 'approve' || input.reason !== '', {
      path: ['reason'],
      message: 'Say why; the applicants read it.',
    }),
  output: z.object({
    results: z.array(
      z.object({
        id: z.uuid(),
        ok: z.boolean(),
        /** Why it was not decided. */
        code: z.string().nullable(),
        message: z.string().nullable(),
      }),
    ),
  }),
  run: async (work) => {
    const { ids, decision, reason, expiresAt } = work.input;
    const results: { id: string; ok: boolean; code: FaultCode | null; message: string | null }[] = [];
    // In one order for everybody, so that two people deciding overlapping sets cannot wait for each other.
    for (const id of [...new Set(ids)].sort()) {
      try {
        await decideOne(work, { id, move: decision, reason, expiresAt });
        results.push({ id, ok: true, code: null, message: null });
      } catch (error) {
        if (!(error instanceof Fault) || error.code === 'invalid_input') throw error;
        results.push({ id, ok: false, code: error.code, message: error.message });
      }
    }
    return { results };
  },
});
