import { hash } from 'node:crypto';
import type { PartyFacts } from '@parley/domain/expressions/party-facts';
import type { Clock } from '@parley/kernel/clock';
import { isId } from '@parley/kernel/id';
import type { DataKey } from '@parley/kernel/seal';
import { actingId, type PartyClaims } from '@parley/party-token/claims';
import { type Algorithm, judgeTimes, signToken, TokenFault, verifyToken } from '@parley/party-token/compact';
import { GenerationCache } from '../snapshot/generation-cache.ts';
import { partyFacts } from './party-facts.ts';
import { PartyKeys } from './party-keys.ts';
import { type Found, KnownStates } from './states/known-states.ts';
import type { PartyStateStore, TokenLine, TokenName } from './states/state-store.ts';

const REMEMBERED = 20_000;
const NO_SCOPES: readonly string[] = [];
const NO_FORMER: readonly string[] = [];

/** A token whose signature and claims are good. Whether it counts now, its state says. */
export interface PartyToken extends TokenLine {
  readonly tenantId: string;
  readonly claims: PartyClaims;
  readonly scopes: readonly string[];
  /** Whom policies, caches and upstreams take for the one who calls (PT-6.4). */
  readonly subject: string;
  /** What it tells policies, prompts and upstreams. */
  readonly facts: PartyFacts;
  /** Those that may change an answer, as one text: answers kept for one are not another's. */
  readonly partition: string;
  /** Under which its uses are counted: those of all that were exchanged from one token together (PT-10.5). */
  readonly counted: TokenName;
}

/** Whether a token opens something, as far as its state goes: one that has to be signed is nothing before it is (PT-8.1). */
export function isLive({ claims }: PartyToken, state: Found): boolean {
  return state === 'active' || (state === 'issued' && claims.attest === undefined);
}

/** How a token is sent: one that is bound to a key with a proof that its sender has it (section 12). */
export function tokenType({ cnf }: PartyClaims): 'Bearer' | 'DPoP' {
  return cnf === undefined ? 'Bearer' : 'DPoP';
}

/** Issues and verifies party tokens (docs/party-tokens.md). `gatewayUrl`: where applications call this gateway. */
export class PartyTokens {
  readonly states: KnownStates;
  /** Without a final slash. */
  readonly gatewayUrl: string;
  readonly #keys: PartyKeys;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #seen = new GenerationCache<string, PartyToken>(REMEMBERED);

  constructor(of: { master: DataKey; gatewayUrl: string; clock: Clock; store: PartyStateStore }) {
    this.#keys = new PartyKeys(of.master);
    this.gatewayUrl = of.gatewayUrl.replace(/\/+$/, '');
    this.#prefix = `${this.gatewayUrl}/v1/party-tokens/`;
    this.#clock = of.clock;
    this.states = new KnownStates(of.store);
  }

  /** A tenant as an issuer (PT-1.1). */
  issuerOf(tenantId: string): string {
    return this.#prefix + tenantId;
  }

  /** Signs a tenant's claims; `null` when the token gets too long (PT-2.1). */
  sign(tenantId: string, claims: PartyClaims, alg: Algorithm): string | null {
    return signToken(claims, this.#keys.signing(tenantId, alg, this.#clock.nowMs()));
  }

  /** What a token says, or why it is none (PT-6.2, all but its state). */
  read(text: string): PartyToken | TokenFault {
    const name = hash('sha256', text, 'base64url');
    const known = this.#seen.get(name) ?? this.#verify(text);
    if (known instanceof TokenFault) return known;
    const fault = judgeTimes(known.claims, this.#clock.nowMs());
    if (fault?.code === 'expired') this.#seen.delete(name);
    else this.#seen.set(name, known);
    return fault ?? known;
  }

  /** A tenant's public keys as a JWK set (PT-5.6). */
  published(tenantId: string): object {
    return this.#keys.published(tenantId, this.#clock.nowMs());
  }

  #verify(text: string): PartyToken | TokenFault {
    const nowMs = this.#clock.nowMs();
    const claims = verifyToken(text, (issuer, kid) => {
      const tenantId = this.#tenantOf(issuer);
      return tenantId === null ? null : this.#keys.named(tenantId, kid, nowMs);
    });
    if (claims instanceof TokenFault) return claims;
    const { iss, jti, gen, exp, scope, sub, from = NO_FORMER } = claims;
    const acting = actingId(claims);
    const facts = partyFacts(claims);
    return {
      tenantId: this.#tenantOf(iss) ?? '',
      claims,
      jti,
      gen,
      from,
      counted: { jti: from[0] ?? jti, gen, endsAtMs: exp * 1000 },
      endsAtMs: exp * 1000,
      scopes: scope === undefined ? NO_SCOPES : scope.split(' '),
      subject: acting === sub ? `party:${acting}` : `party:${acting}/${sub}`,
      facts,
      partition: JSON.stringify(facts),
    };
  }

  #tenantOf(issuer: string): string | null {
    const id = issuer.startsWith(this.#prefix) ? issuer.slice(this.#prefix.length) : '';
    return isId(id) ? id : null;
  }
}
