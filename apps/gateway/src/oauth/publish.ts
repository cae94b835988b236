import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';
import type { OwnTokens } from './own-tokens.ts';

const HEADERS = ['cache-control', 'public, max-age=600'];

function publish(exchange: Exchange, ports: Ports, make: (tokens: OwnTokens) => object): Refusal | null {
  if (ports.ownTokens === null) return refusal('internal');
  replyWith(exchange, ports, { status: 200, headers: HEADERS, json: JSON.stringify(make(ports.ownTokens)) });
  return null;
}

/** `/.well-known/jwks.json`: the keys our access tokens are checked with. */
export function publishKeys(exchange: Exchange, ports: Ports): Refusal | null {
  return publish(exchange, ports, (tokens) => tokens.publicKeys());
}

/** `/.well-known/oauth-authorization-server` (RFC 8414). */
export function publishMetadata(exchange: Exchange, ports: Ports): Refusal | null {
  return publish(exchange, ports, ({ issuer }) => ({
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }));
}
