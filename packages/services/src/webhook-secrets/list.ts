import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { defineVerb } from '../verb.ts';
import { readWebhookSecrets, webhookSecretShape } from './secret-shape.ts';

export const listWebhookSecrets = defineVerb({
  name: 'webhookSecrets.list',
  summary:
    'List the secrets with which third parties sign what they send for an application (not the secrets themselves).',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/webhook-secrets' },
  input: z.object({ application: applicationRef }),
  output: z.object({ items: z.array(webhookSecretShape) }),
  run: async ({ tx, input, tenantId }) => {
    const { id } = await findApplication(tx, tenantId, input.application);
    return { items: await readWebhookSecrets(tx, tenantId, id) };
  },
});
