import { looksLikePartyToken, TokenFault } from '@parley/party-token/compact';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { PartyToken } from './party-tokens.ts';

const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;

/** The parameters of a form, each given once; `null` for anything else. */
export function formOf({ contentType, body }: Exchange): Record<string, string> | null {
  if (!FORM.test(contentType)) return null;
  const pairs = [...new URLSearchParams(body?.toString('utf8') ?? '')];
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? Object.fromEntries(pairs) : null;
}

/** The parameter `token` of a form (RFC 7662 §2.1, RFC 7009 §2.1); `null` without one. */
export function tokenParameter(exchange: Exchange): string | null {
  return formOf(exchange)?.['token'] ?? null;
}

/** The token of this text, where the calling application issued it; every other one is as good as none (PT-7.4). */
export function ownToken(text: string, { caller }: Exchange, { parties }: Ports): PartyToken | null {
  if (caller === null || parties === null || !looksLikePartyToken(text)) return null;
  const token = parties.read(text);
  if (token instanceof TokenFault) return null;
  const { application } = caller;
  return token.claims.app === application.id && token.tenantId === application.tenantId ? token : null;
}
