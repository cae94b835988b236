import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { aliasesOut, aliasesShape, aliasInput, findAlias } from './alias-shape.ts';

/** Lets an alias lead where it led before; moving back once more undoes it. */
export const moveBackApiAlias = defineVerb({
  name: 'apiAliases.moveBack',
  summary: 'Let an alias of an API lead to the version it led to before.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/aliases/{alias}/move-back' },
  input: z.object({ api: z.string(), alias: aliasInput }),
  output: aliasesShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { api, row } = await findAlias(tx, tenantId, input.api, input.alias);
    const { apiId, alias, apiVersionId, previousVersionId } = row;
    if (previousVersionId === null) throw new Fault('invalid_state', 'This alias was never moved.');
    const target = await tx.apiVersion.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: previousVersionId } },
    });
    if (target.state === 'retired') {
      throw new Fault('invalid_state', `It led to “${target.version}”, which is retired by now.`);
    }
    await tx.apiAlias.update({
      where: { tenantId_apiId_alias: { tenantId, apiId, alias } },
      data: { apiVersionId: previousVersionId, previousVersionId: apiVersionId, movedAt: new Date() },
    });
    await audit({
      subject: { kind: 'api', id: apiId, label: `${api.slug}/${alias}` },
      detail: { alias, version: target.version, previousVersionId: apiVersionId },
    });
    await announce('snapshot.tenant', { tenantId });
    return aliasesOut(tx, context.settings.gatewayUrl, tenantId, api.slug);
  },
});
