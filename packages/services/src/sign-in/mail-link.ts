import type { JobPayload } from '@parley/contracts/jobs';
import { writeMail } from '../notifications/mail-shape.ts';
import type { SignedIn } from './check-password.ts';
import type { Ground } from './ground.ts';

/** How long a sign-in link works. */
export const MAIL_LINK_MINUTES = 20;

/** The person with this e-mail, or `null`. */
export function personByEmail(ground: Ground, email: string): Promise<SignedIn | null> {
  return findPerson(ground, { email: email.trim().toLowerCase() });
}

/** The person with this id, or `null`. */
export function personById(ground: Ground, userId: string): Promise<SignedIn | null> {
  return findPerson(ground, { id: userId });
}

async function findPerson(ground: Ground, where: { email: string } | { id: string }): Promise<SignedIn | null> {
  const user = await ground.db.within({}, (tx) => tx.user.findUnique({ where }));
  return user && { userId: user.id, email: user.email, name: user.name, sessionEpoch: user.sessionEpoch };
}

/** Remembers the hash of a link's token until it is used or runs out. Forgets those of this address that have. */
export async function keepMailLink(
  ground: Ground,
  link: { identifier: string; tokenHash: string; expiresAt: Date },
): Promise<void> {
  await ground.db.within({}, async (tx) => {
    await tx.verificationToken.deleteMany({ where: { identifier: link.identifier, expiresAt: { lt: new Date() } } });
    await tx.verificationToken.create({ data: link });
  });
}

/** Takes a link: gives back when it runs out and forgets it, so that it works once. `null` when there is none. */
export async function takeMailLink(
  ground: Ground,
  link: { identifier: string; tokenHash: string },
): Promise<{ expiresAt: Date } | null> {
  const [row] = await ground.db.within(
    {},
    (tx) =>
      tx.$queryRaw<{ expires_at: Date }[]>`
      DELETE FROM verification_tokens WHERE identifier = ${link.identifier} AND token_hash = ${link.tokenHash}
      RETURNING expires_at`,
  );
  return row ? { expiresAt: new Date(row.expires_at) } : null;
}

/**
 * Notes that a person has shown they read mail at their address. If nobody had shown that before, a password set until
 * now may be somebody else's, who signed up with this address: it is dropped and all sessions end.
 */
export async function confirmEmail(
  ground: Ground,
  userId: string,
  nowMs: number = Date.now(),
): Promise<SignedIn | null> {
  await ground.db.within({}, (tx) =>
    tx.user.updateMany({
      where: { id: userId, emailVerifiedAt: null },
      data: { emailVerifiedAt: new Date(nowMs), passwordHash: null, sessionEpoch: { increment: 1 } },
    }),
  );
  return personById(ground, userId);
}

/** The mail for a sign-in request: a link for a person we know, an invitation to sign up for anyone else. */
export function mailForSignIn(options: {
  email: string;
  known: boolean;
  linkUrl: string;
  portalUrl: string;
}): JobPayload<'mail.send'> {
  const { email, known, linkUrl, portalUrl } = options;
  const footnote = 'You get this mail because somebody entered this address on Parley’s sign-in page.';
  const words = known
    ? {
        subject: 'Your sign-in link for Parley',
        paragraphs: [
          `Use this link to sign in. It works once, for the next ${MAIL_LINK_MINUTES} minutes.`,
          'If you did not ask for it, ignore this mail; nobody gets in without it.',
        ],
        action: { label: 'Sign in to Parley', url: linkUrl },
        footnote,
      }
    : {
        subject: 'There is no Parley account for this address yet',
        paragraphs: [
          'Somebody asked to sign in to Parley with this address, but there is no account for it.',
          'If that was you, create one; it takes a minute. If not, ignore this mail.',
        ],
        action: { label: 'Create an account', url: `${portalUrl}/sign-up` },
        footnote,
      };
  return { tenantId: null, to: email, ...writeMail(words) };
}
