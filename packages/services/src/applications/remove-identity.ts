import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** Removes an identity: calls with that credential are refused within a second, and others may register it. */
export const removeIdentity = defineVerb({
  name: 'applications.removeIdentity',
  summary: 'Remove an identity of an application; calls with it are refused at once.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'DELETE', path: '/applications/{application}/identities/{identity}' },
  input: z.object({ application: applicationRef, identity: z.uuid('The id of the identity.') }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const application = await findApplication(tx, tenantId, input.application);
    const at = { tenantId_id: { tenantId, id: input.identity } };
    const row = await tx.applicationIdentity.findUnique({ where: at });
    if (row?.applicationId !== application.id) {
      throw new Fault('not_found', 'This application has no such identity. It may have been removed already.');
    }
    await tx.applicationIdentity.delete({ where: at });
    await audit({
      subject: { kind: 'identity', id: row.id, label: row.name },
      detail: { application: application.slug, kind: row.kind, issuer: row.issuer, subject: row.subject },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    return DONE;
  },
});
