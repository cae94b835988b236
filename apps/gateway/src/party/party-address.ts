import { isId } from '@parley/kernel/id';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

export type PartyAddress =
  | 'partyIssue'
  | 'partyIntrospect'
  | 'partyRevoke'
  | 'partyAttest'
  | 'partyExchange'
  | 'partyExplain'
  | 'partyKeys';

const ROOT = '/v1/party-tokens';
const VERBS: Readonly<Record<string, PartyAddress>> = {
  '': 'partyIssue',
  '/introspect': 'partyIntrospect',
  '/revoke': 'partyRevoke',
  '/attest': 'partyAttest',
  '/exchange': 'partyExchange',
  '/explain': 'partyExplain',
};
const KEYS = '/jwks.json';

/** What a path asks of party tokens; `null` for one that asks nothing of them. */
export function matchPartyTokens(exchange: Exchange): PartyAddress | Refusal | null {
  const { path, method } = exchange;
  if (!path.startsWith(ROOT) || (path.length > ROOT.length && path[ROOT.length] !== '/')) return null;
  exchange.kind = 'models';
  const rest = path.slice(ROOT.length);
  if (Object.hasOwn(VERBS, rest)) {
    return method === 'POST' ? (VERBS[rest] as PartyAddress) : refusal('method_not_allowed', { allow: 'POST' });
  }
  const tenantId = rest.endsWith(KEYS) ? rest.slice(1, -KEYS.length) : '';
  if (!isId(tenantId)) return refusal('route_not_found');
  if (method !== 'GET' && method !== 'HEAD') return refusal('method_not_allowed', { allow: 'GET, HEAD' });
  exchange.partyTenantId = tenantId;
  return 'partyKeys';
}
