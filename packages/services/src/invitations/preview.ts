import { z } from 'zod';
import { summaryOf } from '../roles/granting.ts';
import { iso, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { openInvitation, stateOf } from './invitation-shape.ts';

/** What an invitation offers, to whoever holds its token. */
export const previewInvitation = defineVerb({
  name: 'invitations.preview',
  summary: 'See what an invitation offers.',
  kind: 'read',
  access: 'public',
  input: z.object({ token: z.string().max(100) }),
  output: z.object({
    email: z.string(),
    tenant: z.object({ name: z.string(), slug: z.string() }),
    role: z.object({ name: z.string(), summary: z.string() }),
    invitedBy: z.string(),
    state: z.string(),
    expiresAt: timeShape,
    /** Whether the invited person has an account: they sign in instead of choosing a password. */
    hasAccount: z.boolean(),
  }),
  async run({ tx, input, context }) {
    const { invitation, tenant } = await openInvitation(tx, context, input.token);
    const invitedBy = await tx.user.findUnique({ where: { id: invitation.invitedById } });
    const account = await tx.user.count({ where: { email: invitation.email } });
    return {
      email: invitation.email,
      tenant,
      role: { name: invitation.role.name, summary: summaryOf(invitation.role) },
      invitedBy: invitedBy?.name ?? 'Somebody who has left since',
      state: stateOf(invitation, Date.now()),
      expiresAt: iso(invitation.expiresAt),
      hasAccount: account > 0,
    };
  },
});
