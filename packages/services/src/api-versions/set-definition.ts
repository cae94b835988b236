import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { appendRevision } from './append-revision.ts';
import { definitionInput } from './definition-shape.ts';
import { openapiProblem } from './imported-openapi.ts';
import { apiVersionOut, apiVersionShape, findVersion, revisionNoteInput } from './version-shape.ts';

/** Says what a version serves, as its next revision. A published version serves it at once. */
export const setDefinition = defineVerb({
  name: 'apiVersions.setDefinition',
  summary: 'Say what a version serves, as a new revision; a published version serves it at once.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PUT', path: '/apis/{api}/versions/{version}/definition' },
  input: z.object({
    api: z.string(),
    version: z.string(),
    definition: definitionInput,
    /** OpenAPI 3 document of a REST service for its reference; `null` drops it, absent keeps it. */
    openapi: z.record(z.string(), z.json()).nullable().optional(),
    note: revisionNoteInput,
  }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { openapi, definition, note } = input;
    const found = await findVersion(tx, tenantId, input.api, input.version);
    if (openapi && found.api.kind !== 'rest') throw wrongField('openapi', 'Only REST APIs bring their own document.');
    const problem = openapi ? openapiProblem(openapi) : null;
    if (problem) throw wrongField('openapi', problem);
    const { number, added } = await appendRevision(tx, context, found, {
      definition,
      note,
      ...(openapi === undefined ? {} : { openapi }),
    });
    if (added) {
      await audit({
        subject: { kind: 'api version', id: found.row.id, label: `${found.api.slug}/${found.row.version}` },
        detail: {
          revision: number,
          definition,
          note,
          openapi: openapi === undefined ? 'kept' : openapi ? 'given' : 'dropped',
        },
      });
      await announce('snapshot.tenant', { tenantId });
    }
    const after = await findVersion(tx, tenantId, input.api, input.version);
    return apiVersionOut(tx, context.settings.gatewayUrl, after);
  },
});
