import { NO_PARTY, type PartyFacts } from '@parley/domain/expressions/party-facts';
import { actingId, type PartyClaims } from '@parley/party-token/claims';
import type { Exchange } from '../exchange.ts';

/** What a token tells policies, prompts and upstreams (section 11). Made once for each token, not for each call. */
export function partyFacts(claims: PartyClaims): PartyFacts {
  const id = actingId(claims);
  const acting = claims.parties.find((party) => party.id === id);
  const roles = claims.parties.flatMap(({ role }) => (role === undefined ? [] : [role]));
  return {
    id,
    kind: acting?.kind ?? '',
    role: acting?.role ?? '',
    principal: claims.sub,
    stage: claims.stage ?? '',
    tier: claims.tier ?? '',
    dataClass: claims.data ?? '',
    session: claims.ctx ?? '',
    roles: [...new Set(roles)],
    context: claims.context ?? {},
  };
}

/** The same of a call, whoever makes it. */
export function factsOfParty({ party }: Pick<Exchange, 'party'>): PartyFacts {
  return party === null ? NO_PARTY : party.facts;
}

type Texts = Exclude<keyof PartyFacts, 'roles' | 'context'>;

/** Facts by the names they have as headers and as variables of prompts (PT-11.2, PT-11.3). */
export const TOLD: readonly (readonly [header: string, variable: string, fact: Texts])[] = [
  ['x-parley-party', 'party_id', 'id'],
  ['x-parley-party-kind', 'party_kind', 'kind'],
  ['x-parley-party-role', 'party_role', 'role'],
  ['x-parley-principal', 'party_principal', 'principal'],
  ['x-parley-stage', 'party_stage', 'stage'],
  ['x-parley-tier', 'party_tier', 'tier'],
  ['x-parley-data-class', 'party_data_class', 'dataClass'],
  ['x-parley-session', 'party_session', 'session'],
];

/** A prompt's variables with those that its party token decides: what the body says of them counts for nothing (PT-11.3). */
export function withPartyVariables({ party }: Exchange, declared: ReadonlySet<string>, variables: unknown): unknown {
  if (party === null || typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    return variables;
  }
  const given: Record<string, unknown> = { ...variables };
  for (const [, name, fact] of TOLD) {
    if (!declared.has(name)) continue;
    delete given[name];
    if (party.facts[fact] !== '') given[name] = party.facts[fact];
  }
  return given;
}
