import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationShape, descriptionShape, readApplication } from './application-shape.ts';

/** Makes an application: what holds keys and subscriptions. Throws `conflict` when the short name is taken. */
export const createApplication = defineVerb({
  name: 'applications.create',
  summary: 'Create an application, which holds keys and subscriptions.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/applications' },
  input: z.object({ slug: slugShape, name: nameShape, description: descriptionShape.default('') }),
  output: applicationShape,
  run: async ({ tx, input, tenantId, audit, announce }) => {
    const id = newId();
    try {
      await tx.application.create({ data: { tenantId, id, ...input } });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'An application with this short name exists already.', [
        { path: 'slug', message: 'Taken by another application of this tenant. Choose another.' },
      ]);
    }
    await audit({ subject: { kind: 'application', id, label: input.name }, detail: { slug: input.slug } });
    await announce('snapshot.application', { tenantId, applicationId: id });
    return readApplication(tx, tenantId, id);
  },
});
