import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { subscriberNotices } from './subscriber-notices.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Announces the end of a version: it still answers, every answer says so, and its subscribers are told. */
export const deprecateApiVersion = defineVerb({
  name: 'apiVersions.deprecate',
  summary: 'Deprecate a version: it still answers, with its end announced in every answer and to its subscribers.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/deprecate' },
  input: z.object({
    api: z.string(),
    version: z.string(),
    /** When it will stop answering; `null` while that is open. */
    sunsetAt: timeShape.nullable().default(null),
  }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const now = new Date();
    const sunsetAt = input.sunsetAt === null ? null : new Date(input.sunsetAt);
    if (sunsetAt && sunsetAt <= now) throw wrongField('sunsetAt', 'Choose a moment in the future.');
    const moved = await moveVersion(tx, tenantId, input, 'deprecate', { deprecatedAt: now, sunsetAt });
    await audit(moveRecord(moved, { sunsetAt: input.sunsetAt }));
    await announce('snapshot.tenant', { tenantId });
    const ends = sunsetAt
      ? `It is to stop answering on ${sunsetAt.toISOString().slice(0, 10)}.`
      : 'Its end is not set yet.';
    const notices = await subscriberNotices(tx, tenantId, moved.api, {
      kind: 'api-version-deprecated',
      title: `${moved.api.name} ${moved.row.version} is deprecated`,
      body: `${ends} Move to a newer version in time.`,
    });
    for (const notice of notices) await announce('notify.members', notice);
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
