import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findApi } from './api-shape.ts';

/** Deletes an API that nobody ever subscribed to, with its versions and plans. Others are retired instead. */
export const deleteApi = defineVerb({
  name: 'apis.delete',
  summary: 'Delete an API that nobody ever subscribed to.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'DELETE', path: '/apis/{api}' },
  input: z.object({ api: z.string() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const row = await findApi(tx, tenantId, input.api);
    if (row.subscriptions.length > 0) {
      throw new Fault(
        'invalid_state',
        'Somebody has subscribed to this API, so its history stays. Retire its versions instead.',
      );
    }
    await tx.api.delete({ where: { tenantId_id: { tenantId, id: row.id } } });
    await audit({ subject: { kind: 'api', id: row.id, label: row.name }, detail: { slug: row.slug } });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
