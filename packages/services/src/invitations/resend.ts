import { Fault } from '@parley/kernel/fault';
import { hashSecretToken, newSecretToken } from '@parley/kernel/secret-token';
import { z } from 'zod';
import { mayGrant } from '../roles/granting.ts';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { actorName, expiryFrom, invitationMail, invitationShape } from './invitation-shape.ts';

/** Mails an invitation again with a new token and a new week; the old token stops working. */
export const resendInvitation = defineVerb({
  name: 'invitations.resend',
  summary: 'Send an invitation again.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ invitationId: z.uuid() }),
  output: invitationShape,
  rest: { method: 'POST', path: '/invitations/{invitationId}/resend' },
  async run({ tx, tenantId, input, context, audit, announce }) {
    const before = await tx.invitation.findUnique({
      where: { tenantId_id: { tenantId, id: input.invitationId } },
      include: { role: true },
    });
    if (!before) throw new Fault('not_found', 'There is no such invitation.');
    await mayGrant(tx, context, tenantId, before.role);
    const token = newSecretToken('inv');
    const expiresAt = expiryFrom(Date.now());
    const { count } = await tx.invitation.updateMany({
      where: { tenantId, id: before.id, state: { in: ['pending', 'expired'] } },
      data: { tokenHash: hashSecretToken(token, context.settings.keyPepper), state: 'pending', expiresAt },
    });
    if (count === 0) throw new Fault('invalid_state', 'This invitation was accepted or withdrawn. Make a new one.');
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
    await audit({ subject: { kind: 'invitation', id: before.id, label: before.email } });
    const mail = invitationMail({
      to: before.email,
      token,
      portalUrl: context.settings.portalUrl,
      tenantId,
      tenantName: tenant.name,
      roleName: before.role.name,
      invitedBy: actorName(context),
    });
    await announce('mail.send', mail);
    return { ...before, state: 'pending', createdAt: iso(before.createdAt), expiresAt: iso(expiresAt) };
  },
});
