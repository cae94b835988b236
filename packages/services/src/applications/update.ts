import { z } from 'zod';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import {
  applicationRef,
  applicationShape,
  descriptionShape,
  findApplication,
  readApplication,
} from './application-shape.ts';

/** Changes the name or description; the short name stays, as addresses and declarations hold it. */
export const updateApplication = defineVerb({
  name: 'applications.update',
  summary: 'Change an application’s name or description.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'PATCH', path: '/applications/{application}' },
  input: z.object({
    application: applicationRef,
    name: nameShape.optional(),
    description: descriptionShape.optional(),
  }),
  output: applicationShape,
  run: async ({ tx, input, tenantId, audit }) => {
    const { id, name: before } = await findApplication(tx, tenantId, input.application);
    const data = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.description === undefined ? {} : { description: input.description }),
    };
    await tx.application.update({ where: { tenantId_id: { tenantId, id } }, data });
    await audit({ subject: { kind: 'application', id, label: input.name ?? before }, detail: data });
    return readApplication(tx, tenantId, id);
  },
});
