import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { moveRecord, moveVersion } from './move-version.ts';
import { subscriberNotices } from './subscriber-notices.ts';
import { apiVersionOut, apiVersionShape } from './version-shape.ts';

/** Ends a version for good: every call to it is refused as retired, and its subscribers are told. */
export const retireApiVersion = defineVerb({
  name: 'apiVersions.retire',
  summary: 'Retire a version for good: every call to it is refused from then on.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/retire' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const moved = await moveVersion(tx, tenantId, input, 'retire', { retiredAt: new Date() });
    await audit(moveRecord(moved));
    await announce('snapshot.tenant', { tenantId });
    const notices = await subscriberNotices(tx, tenantId, moved.api, {
      kind: 'api-version-retired',
      title: `${moved.api.name} ${moved.row.version} is retired`,
      body: 'Calls to this version are refused from now on. Use one of the current versions.',
    });
    for (const notice of notices) await announce('notify.members', notice);
    return apiVersionOut(tx, context.settings.gatewayUrl, moved);
  },
});
