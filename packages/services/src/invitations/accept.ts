import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { personOf } from '../context.ts';
import { defineVerb } from '../verb.ts';
import { openInvitation } from './invitation-shape.ts';
import { join, joinedNotice } from './join.ts';

/** Joins the tenant of an invitation as the signed-in person, whose address it must be for. */
export const acceptInvitation = defineVerb({
  name: 'invitations.accept',
  summary: 'Accept an invitation.',
  kind: 'write',
  access: 'person',
  input: z.object({ token: z.string().max(100) }),
  output: z.object({ tenant: z.object({ name: z.string(), slug: z.string() }) }),
  async run({ tx, input, context, enter, audit, announce }) {
    const { invitation, tenant } = await openInvitation(tx, context, input.token);
    const person = await tx.user.findUniqueOrThrow({ where: { id: personOf(context) } });
    if (person.email !== invitation.email) {
      throw new Fault(
        'forbidden',
        `This invitation is for ${invitation.email}. Sign in with that address to accept it.`,
      );
    }
    const nowMs = Date.now();
    await enter(invitation.tenantId);
    await join(tx, { invitation, person, tenant }, nowMs);
    if (!person.emailVerifiedAt) {
      await tx.user.update({ where: { id: person.id }, data: { emailVerifiedAt: new Date(nowMs) } });
    }
    await audit({
      subject: { kind: 'invitation', id: invitation.id, label: invitation.email },
      detail: { role: invitation.role.slug },
    });
    await announce('notify.members', joinedNotice({ invitation, person, tenant }));
    return { tenant };
  },
});
