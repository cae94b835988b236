import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { onlyHeld, permissionsShape, roleShape } from './role-shape.ts';

/** Changes a custom role. It counts from its members' next request. Built-in roles are the same everywhere. */
export const updateRole = defineVerb({
  name: 'roles.update',
  summary: 'Change a custom role.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ roleId: z.uuid(), name: nameShape.optional(), permissions: permissionsShape.optional() }),
  output: roleShape,
  rest: { method: 'PATCH', path: '/roles/{roleId}' },
  async run({ tx, tenantId, input, context, audit }) {
    const { roleId, name, permissions } = input;
    const before = await tx.role.findUnique({ where: { tenantId_id: { tenantId, id: roleId } } });
    if (!before) throw new Fault('not_found', 'There is no such role.');
    if (before.builtIn)
      throw new Fault('invalid_state', 'Built-in roles cannot be changed. Make a custom role instead.');
    onlyHeld(context, before.permissions, 'permissions');
    if (permissions) onlyHeld(context, permissions, 'permissions');
    const role = await tx.role.update({
      where: { tenantId_id: { tenantId, id: roleId } },
      data: { ...(name === undefined ? {} : { name }), ...(permissions === undefined ? {} : { permissions }) },
      include: { _count: { select: { memberships: true } } },
    });
    await audit({ subject: { kind: 'role', id: roleId, label: role.name }, detail: { name, permissions } });
    return { ...role, summary: '', members: role._count.memberships };
  },
});
