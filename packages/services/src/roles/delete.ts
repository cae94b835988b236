import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Deletes a custom role that nobody holds and no open invitation offers. */
export const deleteRole = defineVerb({
  name: 'roles.delete',
  summary: 'Delete a custom role that nobody holds.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ roleId: z.uuid() }),
  output: doneShape,
  rest: { method: 'DELETE', path: '/roles/{roleId}' },
  async run({ tx, tenantId, input, audit }) {
    const role = await tx.role.findUnique({
      where: { tenantId_id: { tenantId, id: input.roleId } },
      include: { _count: { select: { memberships: true } } },
    });
    if (!role) throw new Fault('not_found', 'There is no such role.');
    if (role.builtIn) throw new Fault('invalid_state', 'Built-in roles cannot be deleted.');
    const offered = await tx.invitation.count({ where: { tenantId, roleId: role.id, state: 'pending' } });
    if (role._count.memberships > 0 || offered > 0) {
      throw new Fault('invalid_state', 'Members or open invitations have this role. Give them another one first.');
    }
    await tx.invitation.deleteMany({ where: { tenantId, roleId: role.id } });
    await tx.role.delete({ where: { tenantId_id: { tenantId, id: role.id } } });
    await audit({ subject: { kind: 'role', id: role.id, label: role.name } });
    return DONE;
  },
});
