import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { ownToken, tokenParameter } from './asked-token.ts';
import { answerOAuth, failOAuth } from './oauth-answer.ts';

/** `POST /v1/party-tokens/revoke` (RFC 7009; PT-7.2). */
export async function revokePartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { parties } = ports;
  if (parties === null) return refusal('internal');
  const text = tokenParameter(exchange);
  if (text === null) return failOAuth(exchange, ports, 'invalid_request', 'Send one form parameter named token');
  const token = ownToken(text, exchange, ports);
  if (token === null) return answerOAuth(exchange, ports, '');
  try {
    await parties.states.change(token.tenantId, token, 'revoked');
  } catch {
    const description = 'The revocation could not be kept: repeat it';
    return failOAuth(exchange, ports, 'temporarily_unavailable', description);
  }
  return answerOAuth(exchange, ports, '');
}
