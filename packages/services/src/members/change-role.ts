import { z } from 'zod';
import { isOwnerRole, keepAnOwner, mayGrant, onlyOwners, roleBySlug } from '../roles/granting.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findMember } from './member-shape.ts';

/** Gives a member another role, which counts from their next request. */
export const changeMemberRole = defineVerb({
  name: 'members.changeRole',
  summary: 'Give a member another role.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ membershipId: z.uuid(), role: z.string().min(1, 'Choose a role.').max(63) }),
  output: doneShape,
  rest: { method: 'PATCH', path: '/members/{membershipId}' },
  async run({ tx, tenantId, input, context, audit }) {
    const member = await findMember(tx, tenantId, input.membershipId);
    const role = await roleBySlug(tx, tenantId, input.role);
    if (role.id === member.roleId) return DONE;
    await mayGrant(tx, context, tenantId, role);
    if (isOwnerRole(member.role)) {
      await onlyOwners(tx, context, tenantId);
      await keepAnOwner(tx, tenantId, member.id);
    }
    await tx.membership.update({
      where: { tenantId_id: { tenantId, id: member.id } },
      data: { roleId: role.id },
    });
    await audit({
      subject: { kind: 'member', id: member.id, label: `${member.user.name} <${member.user.email}>` },
      detail: { from: member.role.slug, to: role.slug },
    });
    return DONE;
  },
});
