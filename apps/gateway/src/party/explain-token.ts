import { sessionUuid } from '@parley/context/session';
import { parseJson } from '@parley/llm/object';
import { DATA_CLASSES, OWN_SESSIONS } from '@parley/party-token/claims';
import { decide } from '@parley/party-token/decide';
import { ACTIONS } from '@parley/party-token/permission';
import { normalizedPath } from '@parley/party-token/resource';
import { z } from 'zod';
import { audienceIn } from '../context/find-session.ts';
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
async function audienceOf(resource: string, token: PartyToken, ports: Ports): Promise<string | null> {
  const { claims } = token;
  if (resource.startsWith('session:')) return sessionAudience(resource.slice('session:'.length), token, ports);
  if (resource.startsWith('party:')) return null;
  const named = SOME_API.exec(resource);
  if (named === null) return claims.aud.find((one) => one.startsWith('urn:parley:api:')) ?? 'urn:parley:api:';
  const tenant = await ports.snapshot.tenantBySlug(named[1] ?? '');
  if (tenant === 'unavailable') return 'unavailable';
  const id = tenant === 'absent' ? '' : (tenant.apis.get(named[2] ?? '')?.id ?? '');
  return `urn:parley:api:${id}`;
}

/** A session that the token does not name may be one that it has opened, as far as the hot store knows it (PT-6.8). */
async function sessionAudience(publicId: string, token: PartyToken, ports: Ports): Promise<string> {
  if (publicId === 'new') return OWN_SESSIONS;
  const named = `urn:parley:session:${publicId}`;
  const id = sessionUuid(publicId);
  if (id === null || !token.claims.aud.includes(OWN_SESSIONS)) return named;
  const hot = await ports.contexts.store.read(id).catch(() => null);
  const known = hot !== null && hot !== 'deleted' && hot.applicationId === token.claims.app;
  return (known ? audienceIn(token, hot, publicId) : null) ?? named;
}
