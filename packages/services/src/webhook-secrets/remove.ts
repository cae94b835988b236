import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Forgets a secret, those of its overlap too: what is signed with it is refused from now on. */
export const removeWebhookSecret = defineVerb({
  name: 'webhookSecrets.remove',
  summary: 'Remove the secret a third party signs with; its calls are refused at once.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'DELETE', path: '/applications/{application}/webhook-secrets/{name}' },
  input: z.object({ application: applicationRef, name: z.string().min(1).max(63) }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const application = await findApplication(tx, tenantId, input.application);
    const { count } = await tx.webhookSecret.deleteMany({
      where: { tenantId, applicationId: application.id, use: 'verify', name: input.name },
    });
    if (count === 0) throw new Fault('not_found', `This application has no webhook secret “${input.name}”.`);
    await audit({
      subject: { kind: 'application', id: application.id, label: application.slug },
      detail: { name: input.name },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    return DONE;
  },
});
