import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { aliasesOut, aliasesShape, aliasInput, findAlias } from './alias-shape.ts';

/** Takes an alias away: its addresses lead nowhere within a second. */
export const removeApiAlias = defineVerb({
  name: 'apiAliases.remove',
  summary: 'Remove an alias of an API; calls to it are no longer answered.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'DELETE', path: '/apis/{api}/aliases/{alias}' },
  input: z.object({ api: z.string(), alias: aliasInput }),
  output: aliasesShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { api, row } = await findAlias(tx, tenantId, input.api, input.alias);
    const { apiId, alias } = row;
    await tx.apiAlias.delete({ where: { tenantId_apiId_alias: { tenantId, apiId, alias } } });
    await audit({ subject: { kind: 'api', id: apiId, label: `${api.slug}/${alias}` }, detail: { alias } });
    await announce('snapshot.tenant', { tenantId });
    return aliasesOut(tx, context.settings.gatewayUrl, tenantId, api.slug);
  },
});
