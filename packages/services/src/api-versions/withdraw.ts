import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Takes a version back from review, to be changed again. */
export const withdrawApiVersion = defineVerb({
  name: 'apiVersions.withdraw',
  summary: 'Take a version back from review.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/withdraw' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit }) {
    const moved = await moveVersion(tx, tenantId, input, 'withdraw');
    await audit(moveRecord(moved));
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
