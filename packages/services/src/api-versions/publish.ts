import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { servingProblems } from './serving-problems.ts';
import { apiVersionOut, apiVersionShape, servedRevision } from './version-shape.ts';

/** Opens a version to callers, once nothing stands in the way: it serves something, has a plan, its models are priced. */
export const publishApiVersion = defineVerb({
  name: 'apiVersions.publish',
  summary: 'Publish a version: subscribed applications can call it within a second.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/publish' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const now = new Date();
    const moved = await moveVersion(tx, tenantId, input, 'publish', { publishedAt: now });
    const served = await servedRevision(tx, moved);
    const problems = await servingProblems(tx, tenantId, moved.api.id, served?.definition ?? null);
    if (problems.length > 0) throw new Fault('invalid_state', 'This version cannot be served yet.', problems);
    await tx.api.updateMany({ where: { tenantId, id: moved.api.id, publishedAt: null }, data: { publishedAt: now } });
    await audit(moveRecord(moved, { revision: moved.row.revision }));
    await announce('snapshot.tenant', { tenantId });
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
