import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';
import { collectBody } from '../wire/body.ts';
import { TOKEN_SECONDS } from './own-tokens.ts';
import { readTokenRequest, type TokenError, type TokenRequest } from './token-request.ts';

const MAX_BODY = 16_384;
const NO_STORE = ['cache-control', 'no-store'];
const UNKNOWN: TokenError = { error: 'invalid_client', description: 'Client and secret are not those of a live key' };

function fail(exchange: Exchange, ports: Ports, { error, description }: TokenError): null {
  const status = error === 'invalid_client' ? 401 : 400;
  const headers = status === 401 ? [...NO_STORE, 'www-authenticate', 'Basic realm="parley"'] : NO_STORE;
  exchange.code = error;
  replyWith(exchange, ports, { status, headers, json: JSON.stringify({ error, error_description: description }) });
  return null;
}

/** The scopes asked for, all of the key's when none are; `null` when the key lacks one. */
function grant(asked: string | null, held: readonly string[]): readonly string[] | null {
  if (asked === null) return held;
  const wanted = [...new Set(asked.split(' ').filter(Boolean))];
  return wanted.every((scope) => held.includes(scope)) ? wanted : null;
}

function answer(exchange: Exchange, ports: Ports, asked: TokenRequest, found: Caller | Refusal): Refusal | null {
  if (exchange.settled) return null;
  if (found instanceof Refusal) return found.status === 401 ? fail(exchange, ports, UNKNOWN) : found;
  const { application, key } = found;
  if (key.id !== asked.clientId) return fail(exchange, ports, UNKNOWN);
  exchange.caller = found;
  const scopes = grant(asked.scope, key.scopes ?? []);
  if (scopes === null) {
    return fail(exchange, ports, { error: 'invalid_scope', description: 'The key does not have these scopes' });
  }
  const token = ports.ownTokens?.issue({ keyId: key.id, applicationId: application.id, scopes });
  if (token === undefined) return refusal('internal');
  const json = JSON.stringify({
    access_token: token,
    token_type: 'Bearer',
    expires_in: TOKEN_SECONDS,
    scope: scopes.join(' '),
  });
  replyWith(exchange, ports, { status: 200, headers: NO_STORE, json });
  return null;
}

/**
 * `POST /oauth/token`: an access token for an API key (RFC 6749 §4.4). The client is the key's id, its secret the key
 * itself; nobody learns from a refusal which of the two was wrong.
 */
export async function issueToken(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  if (!ports.meter.accepts()) return refusal('metering_unavailable', { retryAfterSeconds: 5 });
  const body = await collectBody(exchange, MAX_BODY);
  if (body instanceof Refusal) return body;
  const asked = readTokenRequest(exchange.contentType, body.toString(), exchange.request.headers.authorization);
  if ('error' in asked) return fail(exchange, ports, asked);
  return answer(exchange, ports, asked, await ports.keys.find(asked.clientSecret));
}
