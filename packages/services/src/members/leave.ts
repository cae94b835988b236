import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { personOf, tenantOf } from '../context.ts';
import { isOwnerRole, keepAnOwner } from '../roles/granting.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Leaves the open tenant, whatever one's role; its last owner cannot. */
export const leaveMembers = defineVerb({
  name: 'members.leave',
  summary: 'Leave the tenant.',
  kind: 'write',
  access: 'person',
  input: z.object({}),
  output: doneShape,
  async run({ tx, context, audit }) {
    const tenantId = tenantOf(context);
    const member = await tx.membership.findFirst({
      where: { tenantId, userId: personOf(context) },
      include: { user: true, role: true },
    });
    if (!member) throw new Fault('not_found', 'You do not belong to this tenant.');
    if (isOwnerRole(member.role)) await keepAnOwner(tx, tenantId, member.id);
    await tx.membership.delete({ where: { tenantId_id: { tenantId, id: member.id } } });
    await audit({
      subject: { kind: 'member', id: member.id, label: `${member.user.name} <${member.user.email}>` },
      detail: { role: member.role.slug },
    });
    return DONE;
  },
});
