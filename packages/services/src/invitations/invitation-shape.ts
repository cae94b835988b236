import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { hashSecretToken, isSecretToken } from '@parley/kernel/secret-token';
import { z } from 'zod';
import { type Context, tenantOf } from '../context.ts';
import { writeMail } from '../notifications/mail-shape.ts';
import { timeShape } from '../shapes.ts';

/** How long an invitation can be accepted. */
export const INVITATION_DAYS = 7;

export const invitationShape = z.object({
  id: z.uuid(),
  email: z.string(),
  role: z.object({ slug: z.string(), name: z.string() }),
  /** `pending`, `accepted`, `revoked` or `expired`. */
  state: z.string(),
  createdAt: timeShape,
  expiresAt: timeShape,
});

/** A pending invitation whose time is over counts as expired, whether the sweep has noted it or not. */
export function stateOf(invitation: { state: string; expiresAt: Date }, nowMs: number): string {
  return invitation.state === 'pending' && invitation.expiresAt.getTime() <= nowMs ? 'expired' : invitation.state;
}

/** When an invitation made now runs out. */
export function expiryFrom(nowMs: number): Date {
  return new Date(nowMs + INVITATION_DAYS * 86_400_000);
}

const UNKNOWN = 'This invitation is not valid. Ask for a new one.';

/**
 * Finds the invitation that a token opens, in whichever tenant it is, and lets the transaction see that tenant's name and
 * role. Throws `not_found` for anything that is not a token of an invitation.
 */
export async function openInvitation(tx: Transaction, context: Context, token: string) {
  if (!isSecretToken('inv', token)) throw new Fault('not_found', UNKNOWN);
  const tokenHash = hashSecretToken(token, context.settings.keyPepper);
  await tx.$executeRaw`SELECT set_config('app.secret_hash', ${tokenHash}, true)`;
  const invitation = await tx.invitation.findUnique({ where: { tokenHash }, include: { role: true } });
  const tenant = invitation && (await tx.tenant.findUnique({ where: { id: invitation.tenantId } }));
  if (!invitation || !tenant) throw new Fault('not_found', UNKNOWN);
  return { invitation, tenant };
}

/** Throws `invalid_state` unless the invitation can still be accepted. */
export function mustBePending(invitation: { state: string; expiresAt: Date }, nowMs: number): void {
  const words: Readonly<Record<string, string>> = {
    accepted: 'This invitation has been accepted already.',
    revoked: 'This invitation was withdrawn. Ask for a new one.',
    expired: 'This invitation has run out. Ask for a new one.',
  };
  const message = words[stateOf(invitation, nowMs)];
  if (message) throw new Fault('invalid_state', message);
}

/** The mail that carries an invitation. */
export function invitationMail(options: {
  to: string;
  token: string;
  portalUrl: string;
  tenantId: string;
  tenantName: string;
  roleName: string;
  invitedBy: string;
}) {
  const { to, token, portalUrl, tenantId, tenantName, roleName, invitedBy } = options;
  return {
    tenantId,
    to,
    ...writeMail({
      subject: `${invitedBy} invites you to ${tenantName} on Parley`,
      paragraphs: [
        `${invitedBy} invites you to join ${tenantName} on Parley as ${roleName}.`,
        `The invitation holds for ${INVITATION_DAYS} days and is for this address only.`,
      ],
      action: { label: 'Look at the invitation', url: `${portalUrl}/invitations/${token}` },
      footnote: `You get this mail because ${invitedBy} entered your address. If you do not know them, ignore it.`,
    }),
  };
}

/** The name of whoever acts, as a mail's reader should see it: without their address. */
export function actorName(context: Context): string {
  return context.actor.label.replace(/ <[^>]*>$/, '');
}

/** The person an invitation is from: whoever is signed in, or whoever made the token that acts. */
export async function inviterOf(tx: Transaction, context: Context): Promise<string> {
  if (context.userId) return context.userId;
  const tenantId = tenantOf(context);
  const token = await tx.managementToken.findFirst({ where: { tenantId, id: context.actor.id ?? '' } });
  if (!token) throw new Fault('unauthenticated', 'Sign in first.');
  return token.createdById;
}
