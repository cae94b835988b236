import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { appendRevision } from './append-revision.ts';
import { readStored } from './definition-shape.ts';
import { apiVersionOut, apiVersionShape, findVersion, named } from './version-shape.ts';

/** Serves an earlier revision again, as a new one with the same content; what was served meanwhile stays in the history. */
export const rollbackApiVersion = defineVerb({
  name: 'apiVersions.rollback',
  summary: 'Serve an earlier revision of a version again.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/rollback' },
  input: z.object({ api: z.string(), version: z.string(), revision: z.number().int().min(1) }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const found = await findVersion(tx, tenantId, input.api, input.version);
    const { api, row } = found;
    const earlier = await tx.apiRevision.findUnique({
      where: { tenantId_apiVersionId_number: { tenantId, apiVersionId: row.id, number: input.revision } },
    });
    if (!earlier) throw new Fault('not_found', `This version has no revision ${input.revision}.`);
    const definition = await named(tx, tenantId, readStored(api.kind, earlier.definition));
    const { number, added } = await appendRevision(tx, context, found, {
      // Named even where there are none: absent would keep those that are served now.
      definition: { ...definition, policies: definition.policies ?? {} },
      openapi: earlier.openapi,
      note: `Back to revision ${input.revision}`,
    });
    if (!added) throw new Fault('invalid_state', 'This is what the version serves already.');
    await audit({
      subject: { kind: 'api version', id: row.id, label: `${api.slug}/${row.version}` },
      detail: { backTo: input.revision, revision: number },
    });
    await announce('snapshot.tenant', { tenantId });
    return apiVersionOut(tx, context.settings.gatewayUrl, await findVersion(tx, tenantId, input.api, input.version));
  },
});
