import { newId } from '@parley/kernel/id';
import { parseJson } from '@parley/llm/object';
import { claimsSchema, OWN_SESSIONS, type PartyClaims } from '@parley/party-token/claims';
import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { standing } from '../stages/authorize.ts';
import { type IssueRequest, issueRequestSchema } from './issue-request.ts';
import { answerOAuth, failOAuth, type OAuthError } from './oauth-answer.ts';
import { type PartyTokens, tokenType } from './party-tokens.ts';

const AWAY = 'What is known of tokens cannot be kept at the moment';

/** Why no token is issued. */
class Fault {
  readonly error: OAuthError;
  readonly description: string;

  constructor(error: OAuthError, description: string) {
    this.error = error;
    this.description = description;
  }
}

/** `POST /v1/party-tokens`: a token for what the application may do itself, or less (section 5). */
export async function issuePartyToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { caller, body } = exchange;
  const { parties } = ports;
  if (caller === null || parties === null) return refusal('internal');
  const asked = issueRequestSchema.safeParse(parseJson(body?.toString('utf8') ?? ''));
  if (!asked.success) return failOAuth(exchange, ports, 'invalid_request', problemOf(asked.error.issues[0]));
  const gen = await parties.states.generation(caller.application.tenantId);
  if (gen === null) return failOAuth(exchange, ports, 'temporarily_unavailable', AWAY);
  const aud = await audienceOf(asked.data, caller, ports);
  if (aud instanceof Refusal) return aud;
  const claims =
    aud instanceof Fault ? aud : claimsOf(asked.data, { caller, gen, aud, parties, nowMs: ports.clock.nowMs() });
  if (claims instanceof Fault) return failOAuth(exchange, ports, claims.error, claims.description);
  const token = parties.sign(caller.application.tenantId, claims, asked.data.alg);
  if (token === null)
    return failOAuth(exchange, ports, 'invalid_request', 'The token would be longer than 8192 characters');
  if (!(await opened(parties, caller.application.tenantId, claims))) {
    return failOAuth(exchange, ports, 'temporarily_unavailable', AWAY);
  }
  const { jti, exp, iat } = claims;
  const answer = {
    party_token: token,
    token_type: tokenType(claims),
    expires_in: exp - iat,
    jti,
    state: claims.attest === undefined ? 'active' : 'pending',
  };
  return answerOAuth(exchange, ports, JSON.stringify(answer));
}

/** Ids of the APIs asked for, where the application may call them now (PT-5.2). */
async function audienceOf(
  { audience }: IssueRequest,
  caller: Caller,
  ports: Ports,
): Promise<string[] | Fault | Refusal> {
  const aud = audience.sessions.map((one) => (one === 'own' ? OWN_SESSIONS : `urn:parley:session:${one}`));
  for (const name of new Set(audience.apis)) {
    const [publisher = '', slug = ''] = name.split('/');
    const tenant = await ports.snapshot.tenantBySlug(publisher);
    if (tenant === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
    const api = tenant === 'absent' ? undefined : tenant.apis.get(slug);
    const subscription = caller.application.subscriptionByApi.get(api?.id ?? '');
    if (api === undefined || subscription === undefined || standing(subscription, ports.clock.nowMs()) !== null) {
      return new Fault('invalid_target', `The application is not subscribed to ${name}`);
    }
    aud.push(`urn:parley:api:${api.id}`);
  }
  return aud;
}

interface Ground {
  readonly caller: Caller;
  readonly gen: number;
  readonly aud: string[];
  readonly parties: PartyTokens;
  readonly nowMs: number;
}

function claimsOf(asked: IssueRequest, { caller, gen, aud, parties, nowMs }: Ground): PartyClaims | Fault {
  const { acting, on_behalf_of, audience, scope, not_before, expires_in, alg, ...manifest } = asked;
  const { application, key } = caller;
  const acts = acting ?? manifest.parties[0]?.id ?? '';
  const sub = on_behalf_of ?? acts;
  const scopes = [...new Set(scope?.split(' ').filter(Boolean))];
  if (scopes.some((one) => !key.scopes?.includes(one)))
    return new Fault('invalid_scope', 'The key does not have these scopes');
  const iat = Math.floor(nowMs / 1000);
  const claims = claimsSchema.safeParse({
    iss: parties.issuerOf(application.tenantId),
    aud: [...new Set(manifest.ctx === undefined ? aud : [...aud, `urn:parley:session:${manifest.ctx}`])],
    sub,
    ...(sub === acts ? {} : { act: { sub: acts } }),
    iat,
    exp: iat + expires_in,
    ...(not_before === undefined ? {} : { nbf: not_before }),
    jti: newId(),
    gen,
    app: application.id,
    client_id: key.id,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...manifest,
  });
  return claims.success ? claims.data : new Fault('invalid_request', problemOf(claims.error.issues[0]));
}

/** Begins the allowance, where there is one. False: that could not be kept. */
async function opened(
  parties: PartyTokens,
  tenantId: string,
  { jti, gen, exp, allowance }: PartyClaims,
): Promise<boolean> {
  if (allowance === undefined) return true;
  return parties.states.open(tenantId, { jti, gen, endsAtMs: exp * 1000 }, allowance.uses).catch(() => false);
}

/** The first thing wrong, with its place: plain words, nothing of what was sent. */
function problemOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  if (issue === undefined) return 'The request cannot be read';
  const place = issue.path.map(String).join('.').slice(0, 200);
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
