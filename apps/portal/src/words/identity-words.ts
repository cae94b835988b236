import type { RouterOutputs } from '@/trpc/root.ts';

export type Identity = RouterOutputs['applications']['identities']['list']['items'][number];
export type IdentityKind = Identity['kind'];

/** What each kind of identity is called, and what it is for. */
export const IDENTITY_WORDS: Readonly<Record<IdentityKind, { name: string; purpose: string }>> = {
  client: { name: 'Client of a token issuer', purpose: 'Its access tokens count as this application.' },
  hmac: { name: 'Shared secret', purpose: 'Requests signed with it count as this application.' },
  certificate: { name: 'Client certificate', purpose: 'Connections that show it count as this application.' },
};

/** What an identity is known by, in a line. */
export function knownBy({ kind, issuer, subject, masked }: Identity): string {
  if (kind === 'client') return `${subject} of ${issuer}`;
  if (kind === 'hmac') return `key id ${subject}, secret ${masked ?? ''}`;
  return issuer === 'sha256' ? `SHA-256 ${subject}` : `${subject}, issued by ${issuer}`;
}
