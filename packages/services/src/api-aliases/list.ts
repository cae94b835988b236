import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { aliasesOut, aliasesShape } from './alias-shape.ts';

export const listApiAliases = defineVerb({
  name: 'apiAliases.list',
  summary: 'List the aliases of an API: further names under which callers reach one of its versions.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/aliases' },
  input: z.object({ api: z.string() }),
  output: aliasesShape,
  run: ({ tx, input, context, tenantId }) => aliasesOut(tx, context.settings.gatewayUrl, tenantId, input.api),
});
