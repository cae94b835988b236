import { looksLikePartyToken, TokenFault } from '@parley/party-token/compact';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { PartyToken } from './party-tokens.ts';

const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;

/** The parameter `token` of a form, given once (RFC 7662 §2.1, RFC 7009 §2.1); `null` for anything else. */
export function tokenParameter({ contentType, body }: Exchange): string | null {
  if (!FORM.test(contentType)) return null;
  const given = new URLSearchParams(body?.toString('utf8') ?? '').getAll('token');
  return given.length === 1 ? (given[0] ?? null) : null;
}

/** The token of this text, where the calling application issued it; every other one is as good as none (PT-7.4). */
export function ownToken(text: string, { caller }: Exchange, { parties }: Ports): PartyToken | null {
  if (caller === null || parties === null || !looksLikePartyToken(text)) return null;
  const token = parties.read(text);
  if (token instanceof TokenFault) return null;
  const { application } = caller;
  return token.claims.app === application.id && token.tenantId === application.tenantId ? token : null;
}
