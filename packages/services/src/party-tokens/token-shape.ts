import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { isId } from '@parley/kernel/id';
import { looksLikePartyToken, MAX_TOKEN_CHARS, readMembers } from '@parley/party-token/compact';
import { z } from 'zod';
import { findApplication } from '../applications/application-shape.ts';

/** The text of a party token. It opens what it says: nothing keeps it. */
export const tokenText = z.string().trim().min(1, 'Paste the token.').max(MAX_TOKEN_CHARS, 'A token is shorter.');

/** What a token says of itself, unproven: enough to find whose it is. */
export function claimedBy(token: string): { readonly applicationId: string; readonly jti: string | null } | null {
  if (!looksLikePartyToken(token)) return null;
  const claims = readMembers(token.split('.')[1] ?? '');
  const { app, jti } = claims ?? {};
  if (typeof app !== 'string' || !isId(app)) return null;
  return { applicationId: app, jti: typeof jti === 'string' && isId(jti) ? jti : null };
}

/** The tenant's application that a token says it is of. Throws `not_found` for everybody else's, in the same words. */
export async function applicationOfToken(tx: Transaction, tenantId: string, token: string) {
  const claimed = claimedBy(token);
  const known = claimed && (await findApplication(tx, tenantId, claimed.applicationId).catch(() => null));
  if (!claimed || !known) {
    throw new Fault('not_found', 'This is not a party token of one of this tenant’s applications.');
  }
  return { application: known, jti: claimed.jti };
}
