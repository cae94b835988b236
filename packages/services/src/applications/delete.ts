import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/**
 * Deletes an application: its keys are revoked at once and its short name is free again. Refused (`invalid_state`) while
 * a subscription is in force or waiting. What it once held stays in the publishers' history under its name.
 */
export const deleteApplication = defineVerb({
  name: 'applications.delete',
  summary: 'Delete an application without live subscriptions; its keys stop working at once.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'DELETE', path: '/applications/{application}' },
  input: z.object({ application: applicationRef }),
  output: doneShape,
  run: async ({ tx, input, tenantId, audit, announce }) => {
    const { id, name, slug } = await findApplication(tx, tenantId, input.application);
    // Locks out a subscription requested at the same moment: its foreign key wants a share lock on this row.
    await tx.$queryRaw`SELECT 1 FROM applications WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
    const live = await tx.subscription.findMany({
      where: { consumerTenantId: tenantId, applicationId: id, state: { in: ['requested', 'approved', 'suspended'] } },
      select: { api: { select: { name: true } } },
    });
    if (live.length > 0) {
      const names = live.map(({ api }) => api.name).join(', ');
      throw new Fault('invalid_state', `“${name}” is still subscribed to ${names}. Cancel that first, then delete it.`);
    }
    const now = new Date();
    const keys = await tx.apiKey.updateMany({
      where: { tenantId, applicationId: id, revokedAt: null },
      data: { revokedAt: now },
    });
    const identities = await tx.applicationIdentity.deleteMany({ where: { tenantId, applicationId: id } });
    await tx.application.update({ where: { tenantId_id: { tenantId, id } }, data: { deletedAt: now, slug: id } });
    await audit({
      subject: { kind: 'application', id, label: name },
      detail: { slug, revokedKeys: keys.count, removedIdentities: identities.count },
    });
    await announce('snapshot.application', { tenantId, applicationId: id });
    return DONE;
  },
});
