import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { hashSecretToken, newSecretToken } from '@parley/kernel/secret-token';
import { z } from 'zod';
import { emailShape } from '../people/person-shape.ts';
import { mayGrant, roleBySlug } from '../roles/granting.ts';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { actorName, expiryFrom, invitationMail, invitationShape, inviterOf } from './invitation-shape.ts';

/** Invites somebody by mail to join with a role. The mail holds the only copy of the token. */
export const createInvitation = defineVerb({
  name: 'invitations.create',
  summary: 'Invite somebody by mail.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ email: emailShape, role: z.string().min(1, 'Choose a role.').max(63) }),
  output: invitationShape,
  rest: { method: 'POST', path: '/invitations' },
  async run({ tx, tenantId, input, context, audit, announce }) {
    const role = await roleBySlug(tx, tenantId, input.role);
    await mayGrant(tx, context, tenantId, role);
    const nowMs = Date.now();
    const member = await tx.membership.findFirst({ where: { tenantId, user: { email: input.email } } });
    if (member) throw refused('They belong to this tenant already.');
    const open = await tx.invitation.findFirst({
      where: { tenantId, email: input.email, state: 'pending', expiresAt: { gt: new Date(nowMs) } },
    });
    if (open) throw refused('They have an open invitation. Send that one again instead.');
    const token = newSecretToken('inv');
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
    const invitation = await tx.invitation.create({
      data: {
        tenantId,
        id: newId(),
        email: input.email,
        roleId: role.id,
        tokenHash: hashSecretToken(token, context.settings.keyPepper),
        invitedById: await inviterOf(tx, context),
        expiresAt: expiryFrom(nowMs),
      },
    });
    await audit({
      subject: { kind: 'invitation', id: invitation.id, label: input.email },
      detail: { role: role.slug },
    });
    const mail = invitationMail({
      to: input.email,
      token,
      portalUrl: context.settings.portalUrl,
      tenantId,
      tenantName: tenant.name,
      roleName: role.name,
      invitedBy: actorName(context),
    });
    await announce('mail.send', mail);
    return {
      ...invitation,
      role,
      createdAt: iso(invitation.createdAt),
      expiresAt: iso(invitation.expiresAt),
    };
  },
});

function refused(message: string): Fault {
  return new Fault('conflict', message, [{ path: 'email', message }]);
}
