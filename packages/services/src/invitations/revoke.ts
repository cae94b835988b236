import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Withdraws an invitation that was not accepted; its link stops working at once. */
export const revokeInvitation = defineVerb({
  name: 'invitations.revoke',
  summary: 'Withdraw an invitation.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ invitationId: z.uuid() }),
  output: doneShape,
  rest: { method: 'DELETE', path: '/invitations/{invitationId}' },
  async run({ tx, tenantId, input, audit }) {
    const invitation = await tx.invitation.findUnique({ where: { tenantId_id: { tenantId, id: input.invitationId } } });
    if (!invitation) throw new Fault('not_found', 'There is no such invitation.');
    const { count } = await tx.invitation.updateMany({
      where: { tenantId, id: invitation.id, state: { in: ['pending', 'expired'] } },
      data: { state: 'revoked' },
    });
    if (count === 0) throw new Fault('invalid_state', 'This invitation was accepted or withdrawn already.');
    await audit({ subject: { kind: 'invitation', id: invitation.id, label: invitation.email } });
    return DONE;
  },
});
