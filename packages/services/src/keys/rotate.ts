import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { holdKey, readKeys, revealedKeyShape } from './key-shape.ts';
import { addSecret } from './new-secret.ts';

const THIRTY_DAYS = 30 * 86_400;

/**
 * Gives a key a new secret. Older ones are accepted until the grace ends, at most until they would have ended anyway;
 * with no grace they stop at once. A repeat of the same `requestId` changes nothing and throws `conflict`, as a secret
 * cannot be shown twice.
 */
export const rotateKey = defineVerb({
  name: 'keys.rotate',
  summary: 'Give a key a new secret; older ones keep working for the grace given.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/keys/{id}/rotate' },
  input: z.object({
    id: z.uuid(),
    graceSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(THIRTY_DAYS, 'At most 30 days.')
      .describe('How long older secrets are still accepted; 0 ends them at once.'),
    requestId: z.uuid().optional().describe('Chosen by the caller; a repeat of it rotates nothing.'),
  }),
  output: revealedKeyShape,
  run: async ({ tx, input, context, tenantId, audit, announce }) => {
    const key = await holdKey(tx, tenantId, input.id);
    if (key.revokedAt) throw new Fault('invalid_state', `“${key.name}” is revoked. Make a new key instead.`);
    const now = new Date();
    if (key.expiresAt && key.expiresAt <= now) {
      throw new Fault('invalid_state', `“${key.name}” has expired. Give it a later end first, or make a new key.`);
    }
    if (input.requestId) {
      const { count } = await tx.idempotencyKey.createMany({
        data: { tenantId, key: `keys.rotate:${input.requestId}`, requestHash: key.id, response: {} },
        skipDuplicates: true,
      });
      if (count === 0) {
        throw new Fault('conflict', 'This rotation was made already, and its secret shown. Rotate again for another.');
      }
    }
    const end = new Date(now.getTime() + input.graceSeconds * 1000);
    const older = { tenantId, keyId: key.id, revokedAt: null };
    const replaced = await tx.apiKeySecret.updateMany({
      where: { ...older, OR: [{ expiresAt: null }, { expiresAt: { gt: end } }] },
      data: input.graceSeconds === 0 ? { revokedAt: now } : { expiresAt: end },
    });
    const { secret, masked } = await addSecret(tx, { tenantId, keyId: key.id, pepper: context.settings.keyPepper });
    await audit({
      subject: { kind: 'key', id: key.id, label: key.name },
      detail: { application: key.application.slug, masked, graceSeconds: input.graceSeconds, replaced: replaced.count },
    });
    await announce('snapshot.application', { tenantId, applicationId: key.applicationId });
    const [view] = await readKeys(tx, tenantId, { applicationId: key.applicationId, id: key.id });
    return { ...must(view, 'the key just rotated'), secret };
  },
});
