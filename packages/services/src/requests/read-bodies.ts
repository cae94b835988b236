import { bodiesPurpose, keptBodiesSchema } from '@parley/contracts/call-bodies';
import { Fault } from '@parley/kernel/fault';
import { openBuffer } from '@parley/kernel/seal';
import { z } from 'zod';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** What was asked and answered in a call, where a policy keeps it. A write, for each reading is noted in the audit log. */
export const readBodies = defineVerb({
  name: 'requests.readBodies',
  summary: 'Read what was asked and answered in one call, where that is kept; noted in the audit log.',
  kind: 'write',
  access: 'bodies.read',
  rest: { method: 'POST', path: '/requests/{id}/bodies' },
  input: z.object({ id: z.uuid() }),
  output: keptBodiesSchema.extend({ keepUntil: timeShape }),
  run: async ({ tx, input: { id }, tenantId, context, audit }) => {
    const row = await tx.callBodies.findFirst({ where: { tenantId, id, keepUntil: { gt: new Date() } } });
    if (!row) throw new Fault('not_found', 'Nothing is kept of what was asked and answered in this call.');
    const key = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const kept = keptBodiesSchema.parse(
      JSON.parse(openBuffer(key, Buffer.from(row.sealed), bodiesPurpose(id)).toString()),
    );
    await audit({ subject: { kind: 'request', id, label: id } });
    return { ...kept, keepUntil: row.keepUntil.toISOString() };
  },
});
