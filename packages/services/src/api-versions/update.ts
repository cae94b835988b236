import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { apiVersionOut, apiVersionShape, changelogInput, findVersion } from './version-shape.ts';

/** Changes what consumers read about a version’s changes. */
export const updateApiVersion = defineVerb({
  name: 'apiVersions.update',
  summary: 'Change a version’s changelog.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PATCH', path: '/apis/{api}/versions/{version}' },
  input: z.object({ api: z.string(), version: z.string(), changelog: changelogInput }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit }) {
    const { api, row } = await findVersion(tx, tenantId, input.api, input.version);
    const changed = await tx.apiVersion.update({
      where: { tenantId_id: { tenantId, id: row.id } },
      data: { changelog: input.changelog },
    });
    await audit({
      subject: { kind: 'api version', id: row.id, label: `${api.slug}/${row.version}` },
      detail: { changelog: input.changelog },
    });
    return apiVersionOut(tx, context.settings.gatewayUrl, { api, row: changed });
  },
});
