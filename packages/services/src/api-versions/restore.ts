import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Takes a deprecation back: the version is published again and its announced end is dropped. */
export const restoreApiVersion = defineVerb({
  name: 'apiVersions.restore',
  summary: 'Take a deprecation back.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/restore' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const moved = await moveVersion(tx, tenantId, input, 'restore', { deprecatedAt: null, sunsetAt: null });
    await audit(moveRecord(moved));
    await announce('snapshot.tenant', { tenantId });
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
