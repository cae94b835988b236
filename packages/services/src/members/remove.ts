import { z } from 'zod';
import { isOwnerRole, keepAnOwner, onlyOwners } from '../roles/granting.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findMember } from './member-shape.ts';

/** Removes a member: their next request is refused, and management tokens they made stop working. */
export const removeMember = defineVerb({
  name: 'members.remove',
  summary: 'Remove a member from the tenant.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ membershipId: z.uuid() }),
  output: doneShape,
  rest: { method: 'DELETE', path: '/members/{membershipId}' },
  async run({ tx, tenantId, input, context, audit }) {
    const member = await findMember(tx, tenantId, input.membershipId);
    if (isOwnerRole(member.role)) {
      await onlyOwners(tx, context, tenantId);
      await keepAnOwner(tx, tenantId, member.id);
    }
    await tx.membership.delete({ where: { tenantId_id: { tenantId, id: member.id } } });
    await audit({
      subject: { kind: 'member', id: member.id, label: `${member.user.name} <${member.user.email}>` },
      detail: { role: member.role.slug },
    });
    return DONE;
  },
});
