import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { defineVerb } from '../verb.ts';
import { keyShape, readKeys } from './key-shape.ts';

export const listKeys = defineVerb({
  name: 'keys.list',
  summary: 'List an application’s keys and what may be shown of their secrets, newest first.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/keys' },
  input: z.object({ application: applicationRef }),
  output: z.object({ items: z.array(keyShape) }),
  run: async ({ tx, input, tenantId }) => {
    const application = await findApplication(tx, tenantId, input.application);
    return { items: await readKeys(tx, tenantId, { applicationId: application.id }) };
  },
});
