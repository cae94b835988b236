import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { apiVersionOut, apiVersionShape, findVersion } from './version-shape.ts';

/** One version: what it serves, where it stands in its life, and what may be done next. */
export const getApiVersion = defineVerb({
  name: 'apiVersions.get',
  summary: 'Read one version of an API, with the moves it may make and what stands in the way of publishing it.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId }) {
    const found = await findVersion(tx, tenantId, input.api, input.version);
    return apiVersionOut(tx, context.settings.gatewayUrl, found);
  },
});
