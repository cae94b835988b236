import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { onlyHeld, permissionsShape, roleShape, slugFrom } from './role-shape.ts';

/** Makes a custom role of chosen permissions; its maker must hold each of them. */
export const createRole = defineVerb({
  name: 'roles.create',
  summary: 'Create a custom role.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ name: nameShape, slug: slugShape.optional(), permissions: permissionsShape }),
  output: roleShape,
  rest: { method: 'POST', path: '/roles' },
  async run({ tx, tenantId, input, context, audit }) {
    onlyHeld(context, input.permissions, 'permissions');
    const id = newId();
    const slug = input.slug ?? slugFrom(input.name, `role-${id.slice(-6)}`);
    const role = await tx.role
      .create({ data: { tenantId, id, slug, name: input.name, builtIn: false, permissions: input.permissions } })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        const message = 'A role with this name exists already.';
        throw new Fault('conflict', message, [{ path: input.slug ? 'slug' : 'name', message }]);
      });
    await audit({ subject: { kind: 'role', id, label: role.name }, detail: { slug, permissions: input.permissions } });
    return { ...role, summary: '', members: 0 };
  },
});
