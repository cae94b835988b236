import { parseJson } from '@parley/llm/object';
import { readGeneralJws, verifyAttestations } from '@parley/party-token/attestation';
import { TokenFault } from '@parley/party-token/compact';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { ownToken } from './asked-token.ts';
import { answerOAuth, failOAuth } from './oauth-answer.ts';

/** `POST /v1/party-tokens/attest`: parties sign a token, or take their signature back (section 8). */
export async function attestPartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { parties } = ports;
  if (parties === null) return refusal('internal');
  const asked = readGeneralJws(parseJson(exchange.body?.toString('utf8') ?? ''));
  if (asked === null) {
    return failOAuth(
      exchange,
      ports,
      'invalid_request',
      'Send a JWS in general serialisation whose payload is the token',
    );
  }
  const token = ownToken(asked.token, exchange, ports);
  const need = token?.claims.attest?.need;
  if (token === null || need === undefined) {
    return failOAuth(exchange, ports, 'invalid_request', 'The token is not known, or nobody has to sign it');
  }
  const said = verifyAttestations(asked.jws, token.claims);
  if (said instanceof TokenFault) return failOAuth(exchange, ports, 'invalid_request', said.reason);
  const now = await parties.states.attest(token.tenantId, token, { need, said }).catch(() => null);
  if (now === null) {
    return failOAuth(exchange, ports, 'temporarily_unavailable', 'The signatures could not be kept: repeat the call');
  }
  if (now.state === 'ended' || now.state === 'revoked') {
    return failOAuth(exchange, ports, 'invalid_request', 'The token is not known, or nobody has to sign it');
  }
  return answerOAuth(exchange, ports, JSON.stringify({ state: now.state, signed: now.signed, need }));
}
