import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { defineVerb } from '../verb.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Every version of an API, newest first. */
export const listApiVersions = defineVerb({
  name: 'apiVersions.list',
  summary: 'List the versions of an API, newest first.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/versions' },
  input: z.object({ api: z.string() }),
  output: z.object({ items: z.array(apiVersionShape) }),
  async run({ tx, input, context, tenantId }) {
    const api = await findApi(tx, tenantId, input.api);
    const rows = await tx.apiVersion.findMany({ where: { tenantId, apiId: api.id }, orderBy: { createdAt: 'desc' } });
    const items = [];
    for (const row of rows) items.push(await apiVersionOut(tx, context.settings.gatewayUrl, { api, row }));
    return { items };
  },
});
