import { newId } from '@parley/kernel/id';
import { parseJson } from '@parley/llm/object';
import { MAX_LIFE_SECONDS } from '@parley/party-token/claims';
import { ALGORITHMS } from '@parley/party-token/compact';
import { ExchangeFault, exchangeClaims } from '@parley/party-token/exchange';
import { nameSchema, partyIdSchema, permissionSchema } from '@parley/party-token/permission';
import { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { formOf, ownToken } from './asked-token.ts';
import { answerOAuth, failOAuth } from './oauth-answer.ts';
import { isLive, type PartyToken, tokenType } from './party-tokens.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const AWAY = 'What is known of tokens cannot be read at the moment';

/** Parameters of PT-10.1; `audience` and `permissions` are lists written as JSON and as words. */
const requestSchema = z.strictObject({
  grant_type: z.literal(GRANT),
  subject_token: z.string().min(1).max(8192),
  subject_token_type: z.literal(JWT),
  acting: partyIdSchema,
  stage: nameSchema.optional(),
  scope: z.string().max(2000).optional(),
  audience: z
    .string()
    .max(2000)
    .transform((text) => text.split(' ').filter(Boolean))
    .optional(),
  permissions: z
    .string()
    .max(20_000)
    .transform((text) => parseJson(text))
    .pipe(z.array(permissionSchema).max(32))
    .optional(),
  expires_in: z.coerce.number().int().min(1).max(MAX_LIFE_SECONDS).optional(),
  jkt: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  alg: z.enum(ALGORITHMS).default('EdDSA'),
});

/** `POST /v1/party-tokens/exchange` (RFC 8693; section 10): another party acts from here on, with no more than before. */
export async function exchangePartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { parties } = ports;
  if (parties === null) return refusal('internal');
  const asked = requestSchema.safeParse(formOf(exchange));
  if (!asked.success) {
    const place = asked.error.issues[0]?.path[0];
    const problem =
      place === undefined ? 'The form does not have the right parameters' : `${String(place)} is missing or not right`;
    return failOAuth(exchange, ports, 'invalid_request', problem);
  }
  const { subject_token: text, acting, stage, scope, audience, permissions, expires_in, jkt, alg } = asked.data;
  const token = subjectOf(text, exchange, ports);
  const state = token === null ? 'ended' : await parties.states.find(token.tenantId, token);
  if (state === 'unavailable') return failOAuth(exchange, ports, 'temporarily_unavailable', AWAY);
  if (token === null || !isLive(token, state)) {
    return failOAuth(exchange, ports, 'invalid_request', 'The subject token is not good');
  }
  const claims = exchangeClaims(
    token.claims,
    { acting, stage, scope, aud: audience, permissions, expiresInSeconds: expires_in, jkt },
    { jti: newId(), nowSeconds: Math.floor(ports.clock.nowMs() / 1000) },
  );
  if (claims instanceof ExchangeFault) return failOAuth(exchange, ports, claims.error, claims.description);
  const made = parties.sign(token.tenantId, claims, alg);
  if (made === null)
    return failOAuth(exchange, ports, 'invalid_request', 'The token would be longer than 8192 characters');
  const answer = {
    access_token: made,
    issued_token_type: JWT,
    token_type: tokenType(claims),
    expires_in: claims.exp - claims.iat,
    scope: claims.scope,
    jti: claims.jti,
  };
  return answerOAuth(exchange, ports, JSON.stringify(answer));
}

/** Who comes with a token can exchange that one only; who comes with a key those of its application. */
function subjectOf(text: string, exchange: Exchange, ports: Ports): PartyToken | null {
  const token = ownToken(text, exchange, ports);
  return exchange.party === null || exchange.party.jti === token?.jti ? token : null;
}
