import { JOBS } from '@parley/contracts/jobs';
import { derivedId } from '@parley/kernel/derived-id';
import { defineJob } from '../../job.ts';
import { announce, auditSystem } from '../expiry-sweep/record.ts';

/** Notes in the audit log that gateways took a canary back, and tells those who may publish. */
export const canaryRolledBack = defineJob({
  name: 'canary.rolledBack',
  schema: JOBS['canary.rolledBack'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports }) {
    const { tenantId, apiVersionId, routeId, variant, reason, canaryId, atMs } = payload;
    await ports.db.within({}, async (tx) => {
      const version = await tx.apiVersion.findUnique({
        where: { tenantId_id: { tenantId, id: apiVersionId } },
        select: { version: true, api: { select: { slug: true } } },
      });
      const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { slug: true } });
      // Deleted meanwhile: there is nobody to tell.
      if (!version || !tenant) return;
      const label = `${version.api.slug}/${version.version}`;
      const first = await auditSystem(tx, {
        tenantId,
        id: derivedId('canary-rolled-back', tenantId, canaryId),
        action: 'apiVersions.rollBackCanary',
        subject: { kind: 'api version', id: apiVersionId, label },
        detail: { variant, reason, at: new Date(atMs).toISOString(), ...(routeId === null ? {} : { route: routeId }) },
      });
      if (!first) return;
      await announce(tx, tenantId, 'notify.members', {
        tenantId,
        permission: 'apis.publish',
        userId: null,
        kind: 'canary.rolled_back',
        title: `The variant “${variant}” of ${label} was taken back`,
        body: `${reason} It gets no calls any more. Raise the canary’s attempt to try again.`,
        href: `/t/${tenant.slug}/apis/${version.api.slug}`,
        mail: true,
      });
    });
  },
});
