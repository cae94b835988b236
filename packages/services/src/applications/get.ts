import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { applicationRef, applicationShape, findApplication, readApplication } from './application-shape.ts';

export const getApplication = defineVerb({
  name: 'applications.get',
  summary: 'Read one application with its counts.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}' },
  input: z.object({ application: applicationRef }),
  output: applicationShape,
  run: async ({ tx, input, tenantId }) => {
    const { id } = await findApplication(tx, tenantId, input.application);
    return readApplication(tx, tenantId, id);
  },
});
