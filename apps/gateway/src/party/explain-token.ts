import { parseJson } from '@parley/llm/object';
import { DATA_CLASSES } from '@parley/party-token/claims';
import { decide } from '@parley/party-token/decide';
import { ACTIONS } from '@parley/party-token/permission';
import { normalizedPath } from '@parley/party-token/resource';
import { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { ownToken } from './asked-token.ts';
import { answerOAuth, failOAuth } from './oauth-answer.ts';
import type { PartyToken } from './party-tokens.ts';

const questionSchema = z.strictObject({
  token: z.string().max(8192),
  action: z.enum(ACTIONS),
  resource: z.string().regex(/^(?:api|model|session|party):[!-~]{1,4000}$/),
  data: z.enum(DATA_CLASSES).optional(),
});

/** `POST /v1/party-tokens/explain`: what the token's own table says to a question, and which rule says it (PT-7.3). */
export async function explainPartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const asked = questionSchema.safeParse(parseJson(exchange.body?.toString('utf8') ?? ''));
  if (!asked.success) {
    return failOAuth(
      exchange,
      ports,
      'invalid_request',
      'Send token, action, resource, and data where its class is known',
    );
  }
  const { token: text, action, resource, data } = asked.data;
  const token = ownToken(text, exchange, ports);
  if (token === null) return failOAuth(exchange, ports, 'invalid_request', 'The token is not known');
  const audience = await audienceOf(resource, token, ports);
  if (audience === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  const decision = decide(token.claims, { action, resource: normalizedPath(resource), audience, data });
  return answerOAuth(exchange, ports, JSON.stringify(decision));
}

const SOME_API = /^api:([^/]+)\/([^/]+)/;

/** The member of `aud` that a resource belongs to. A model is within the audience when any API of it is (PT-7.3). */
async function audienceOf(resource: string, { claims }: PartyToken, ports: Ports): Promise<string | null> {
  if (resource.startsWith('session:')) return `urn:parley:session:${resource.slice('session:'.length)}`;
  if (resource.startsWith('party:')) return null;
  const named = SOME_API.exec(resource);
  if (named === null) return claims.aud.find((one) => one.startsWith('urn:parley:api:')) ?? 'urn:parley:api:';
  const tenant = await ports.snapshot.tenantBySlug(named[1] ?? '');
  if (tenant === 'unavailable') return 'unavailable';
  const id = tenant === 'absent' ? '' : (tenant.apis.get(named[2] ?? '')?.id ?? '');
  return `urn:parley:api:${id}`;
}
