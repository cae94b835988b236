import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { apiOut, apiShape, findApi } from './api-shape.ts';

/** One of the tenant's own APIs. */
export const getApi = defineVerb({
  name: 'apis.get',
  summary: 'Read one of the tenant’s own APIs.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}' },
  input: z.object({ api: z.string() }),
  output: apiShape,
  async run({ tx, input, tenantId }) {
    return apiOut(await findApi(tx, tenantId, input.api));
  },
});
