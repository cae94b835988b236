import { z } from 'zod';
import { writeReferences } from '../api-versions/write-reference.ts';
import { given } from '../given.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { apiFields, apiInclude, apiOut, apiShape, findApi, teamOf } from './api-shape.ts';

/** Changes how an API is described and who may find it; those who are subscribed keep their access. */
export const updateApi = defineVerb({
  name: 'apis.update',
  summary: 'Change an API’s name, description, visibility or body limit.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PATCH', path: '/apis/{api}' },
  input: z.object({ api: z.string(), name: nameShape.optional(), ...apiFields }),
  output: apiShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { api, team, ...patch } = input;
    const before = await findApi(tx, tenantId, api);
    const visibility = patch.visibility ?? before.visibility;
    const changes = given(patch);
    const row = await tx.api.update({
      where: { tenantId_id: { tenantId, id: before.id } },
      data: {
        ...changes,
        teamId: await teamOf(tx, tenantId, visibility, team === undefined ? before.team?.slug : team),
      },
      include: apiInclude,
    });
    if (changes.name !== undefined || changes.summary !== undefined || changes.description !== undefined) {
      await writeReferences(tx, context.settings.gatewayUrl, tenantId, row.id);
    }
    await audit({
      subject: { kind: 'api', id: row.id, label: row.name },
      detail: { ...changes, ...(team === undefined ? {} : { team }) },
    });
    await announce('snapshot.tenant', { tenantId });
    return apiOut(row);
  },
});
