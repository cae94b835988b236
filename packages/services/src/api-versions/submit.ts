import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Hands a draft to those who may publish it; they are told. */
export const submitApiVersion = defineVerb({
  name: 'apiVersions.submit',
  summary: 'Submit a draft for review by those who may publish.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/submit' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const moved = await moveVersion(tx, tenantId, input, 'submit');
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
    await audit(moveRecord(moved));
    await announce('notify.members', {
      tenantId,
      permission: 'apis.publish',
      userId: null,
      kind: 'api-version-review',
      title: `${moved.api.name} ${moved.row.version} waits for review`,
      body: `${context.actor.label} asks for this version to be published.`,
      href: `/t/${tenant.slug}/apis/${moved.api.slug}`,
      mail: false,
    });
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
