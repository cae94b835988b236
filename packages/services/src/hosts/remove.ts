import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findHost } from './host-shape.ts';

/** Takes a host away: within a second it serves nobody as this tenant's, and whoever owns it may add it anew. */
export const removeHost = defineVerb({
  name: 'hosts.remove',
  summary: 'Remove a host of the tenant’s own; calls to it are no longer served as this tenant’s.',
  kind: 'write',
  access: 'tenant.write',
  rest: { method: 'DELETE', path: '/hosts/{id}' },
  input: z.object({ id: z.uuid('The id of the host.') }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const row = await findHost(tx, tenantId, input.id);
    await tx.tenantHost.update({
      where: { tenantId_id: { tenantId, id: row.id } },
      data: { state: 'removed', removedAt: new Date() },
    });
    await audit({ subject: { kind: 'host', id: row.id, label: row.host }, detail: { host: row.host } });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
