import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { holdKey, keyShape, readKeys } from './key-shape.ts';

/** Revokes a key with all its secrets, at once and for good. */
export const revokeKey = defineVerb({
  name: 'keys.revoke',
  summary: 'Revoke a key for good; calls with any of its secrets are refused at once.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/keys/{id}/revoke' },
  input: z.object({ id: z.uuid() }),
  output: keyShape,
  run: async ({ tx, input, tenantId, audit, announce }) => {
    const key = await holdKey(tx, tenantId, input.id);
    if (key.revokedAt) throw new Fault('invalid_state', `“${key.name}” is revoked already.`);
    await tx.apiKey.update({ where: { tenantId_id: { tenantId, id: key.id } }, data: { revokedAt: new Date() } });
    await audit({
      subject: { kind: 'key', id: key.id, label: key.name },
      detail: { application: key.application.slug },
    });
    await announce('snapshot.application', { tenantId, applicationId: key.applicationId });
    const [view] = await readKeys(tx, tenantId, { applicationId: key.applicationId, id: key.id });
    return must(view, 'the key just revoked');
  },
});
