import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';
import { identityShape, readIdentities } from './identity-shape.ts';

export const listIdentities = defineVerb({
  name: 'applications.listIdentities',
  summary: 'List what an application is known by besides its keys.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/identities' },
  input: z.object({ application: applicationRef }),
  output: z.object({ items: z.array(identityShape) }),
  run: async ({ tx, input, tenantId }) => {
    const { id } = await findApplication(tx, tenantId, input.application);
    return { items: await readIdentities(tx, tenantId, { applicationId: id }) };
  },
});
