import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findVersion } from '../api-versions/version-shape.ts';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { aliasesOut, aliasesShape, aliasInput } from './alias-shape.ts';

const MAX_ALIASES = 20;

/** Makes an alias of an API, or moves it to another version: callers of the alias are served by it within a second. */
export const setApiAlias = defineVerb({
  name: 'apiAliases.set',
  summary: 'Let an alias of an API lead to a version; where it led before is remembered.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PUT', path: '/apis/{api}/aliases/{alias}' },
  input: z.object({ api: z.string(), alias: aliasInput, version: z.string() }),
  output: aliasesShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { alias } = input;
    const { api, row } = await findVersion(tx, tenantId, input.api, input.version);
    if (row.state !== 'published' && row.state !== 'deprecated') {
      throw wrongField('version', 'An alias leads to a version that is published. Publish this one first.');
    }
    if (api.versions.some(({ version }) => version === alias)) {
      throw wrongField('alias', `This API has a version “${alias}”. Choose another name.`);
    }
    const at = { tenantId_apiId_alias: { tenantId, apiId: api.id, alias } };
    const held = await tx.apiAlias.findUnique({ where: at });
    const count = await tx.apiAlias.count({ where: { tenantId, apiId: api.id } });
    if (!held && count >= MAX_ALIASES) throw new Fault('invalid_state', `An API has at most ${MAX_ALIASES} aliases.`);
    if (held?.apiVersionId !== row.id) {
      const moved = { apiVersionId: row.id, previousVersionId: held?.apiVersionId ?? null, movedAt: new Date() };
      await tx.apiAlias.upsert({
        where: at,
        create: { tenantId, apiId: api.id, alias, ...moved },
        update: moved,
      });
      await audit({
        subject: { kind: 'api', id: api.id, label: `${api.slug}/${alias}` },
        detail: { alias, version: row.version, previousVersionId: held?.apiVersionId ?? null },
      });
      await announce('snapshot.tenant', { tenantId });
    }
    return aliasesOut(tx, context.settings.gatewayUrl, tenantId, api.slug);
  },
});
