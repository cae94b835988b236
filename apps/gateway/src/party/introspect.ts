import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { ownToken, tokenParameter } from './asked-token.ts';
import { answerOAuth, failOAuth } from './oauth-answer.ts';
import { isLive, type PartyToken, type PartyTokens, tokenType } from './party-tokens.ts';

const INACTIVE = JSON.stringify({ active: false });

/** `POST /v1/party-tokens/introspect` (RFC 7662; PT-7.1). */
export async function introspectPartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { parties } = ports;
  if (parties === null) return refusal('internal');
  const text = tokenParameter(exchange);
  if (text === null) return failOAuth(exchange, ports, 'invalid_request', 'Send one form parameter named token');
  const token = ownToken(text, exchange, ports);
  if (token === null) return answerOAuth(exchange, ports, INACTIVE);
  const state = await parties.states.find(token.tenantId, token);
  if (state === 'unavailable') return away(exchange, ports);
  if (!isLive(token, state)) {
    const waits = state === 'issued' ? 'pending' : state === 'withdrawn' ? state : undefined;
    return answerOAuth(exchange, ports, JSON.stringify({ active: false, state: waits }));
  }
  const left = await leftOf(token, parties);
  return left === null
    ? away(exchange, ports)
    : answerOAuth(exchange, ports, JSON.stringify({ ...told(token), ...left }));
}

function away(exchange: Exchange, ports: Ports): null {
  return failOAuth(exchange, ports, 'temporarily_unavailable', 'What is known of tokens cannot be read at the moment');
}

async function leftOf(token: PartyToken, parties: PartyTokens): Promise<{ readonly uses_left?: number } | null> {
  if (token.claims.allowance === undefined) return {};
  const left = await parties.states.left(token.tenantId, token.counted).catch(() => null);
  return left === null ? null : { uses_left: left };
}

/** What is told of the claims: who takes part, not what each may do (PT-7.1). */
function told({ claims }: PartyToken): object {
  const { iss, aud, sub, act, iat, exp, nbf, jti, app, client_id, scope, ctx, stage, tier, data, parties } = claims;
  return {
    active: true,
    state: 'active',
    token_type: tokenType(claims),
    cnf: claims.cnf,
    iss,
    aud,
    sub,
    act,
    iat,
    exp,
    nbf,
    jti,
    app,
    client_id,
    scope,
    ctx,
    stage,
    tier,
    data,
    parties: parties.map(({ id, kind, role }) => ({ id, kind, role })),
  };
}
