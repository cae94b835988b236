import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { hashPassword, passwordShape } from '../people/password.ts';
import { personNameShape } from '../people/person-shape.ts';
import { defineVerb } from '../verb.ts';
import { mustBePending, openInvitation } from './invitation-shape.ts';
import { join, joinedNotice } from './join.ts';

/** Makes an account for the invited address and joins with it, in one step. The mail has proved the address. */
export const acceptInvitationAsNew = defineVerb({
  name: 'invitations.acceptAsNew',
  summary: 'Accept an invitation with a new account.',
  kind: 'write',
  access: 'public',
  input: z.object({ token: z.string().max(100), name: personNameShape, password: passwordShape }),
  output: z.object({ email: z.string(), tenant: z.object({ name: z.string(), slug: z.string() }) }),
  async run({ tx, input, context, enter, audit, announce }) {
    const { invitation, tenant } = await openInvitation(tx, context, input.token);
    const nowMs = Date.now();
    mustBePending(invitation, nowMs);
    await enter(invitation.tenantId);
    const passwordHash = await hashPassword(input.password);
    const { email } = invitation;
    const person = await tx.user
      .create({ data: { id: newId(), email, name: input.name, passwordHash, emailVerifiedAt: new Date(nowMs) } })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new Fault('conflict', 'There is an account with this address already. Sign in to accept the invitation.');
      });
    await join(tx, { invitation, person, tenant }, nowMs);
    await audit({
      subject: { kind: 'invitation', id: invitation.id, label: email },
      detail: { role: invitation.role.slug, userId: person.id },
    });
    await announce('notify.members', joinedNotice({ invitation, person, tenant }));
    return { email, tenant };
  },
});
