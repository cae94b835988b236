import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Ends a management token at once; the next call with it is refused. Ending an ended one changes nothing. */
export const revokeManagementToken = defineVerb({
  name: 'managementTokens.revoke',
  summary: 'Revoke a management token at once.',
  kind: 'write',
  access: 'tokens.write',
  rest: { method: 'POST', path: '/management-tokens/{token}/revoke' },
  input: z.object({ token: z.uuid() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit }) {
    const row = await tx.managementToken.findUnique({ where: { tenantId_id: { tenantId, id: input.token } } });
    if (!row) throw new Fault('not_found', 'There is no such management token in this tenant.');
    const { count } = await tx.managementToken.updateMany({
      where: { tenantId, id: row.id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count > 0) {
      await audit({
        subject: { kind: 'management token', id: row.id, label: row.name },
        detail: { masked: row.masked },
      });
    }
    return DONE;
  },
});
