import type { Exchange } from '../exchange.ts';
import { CHAT, MODELS, NOWHERE, TOKEN, TOKEN_KEYS, TOKEN_METADATA } from '../pipeline.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledTenant } from '../snapshot/compiled.ts';
import type { Missing } from '../snapshot/store.ts';
import { findEndpoint } from './find-endpoint.ts';
import { matchAddress } from './match-address.ts';

const OAUTH = { token: TOKEN, tokenKeys: TOKEN_KEYS, tokenMetadata: TOKEN_METADATA } as const;

function lose(exchange: Exchange, reason: Refusal): void {
  exchange.lost = reason;
  exchange.chain = NOWHERE;
}

function take(exchange: Exchange, tenant: CompiledTenant | Missing): void {
  if (tenant === 'unavailable') return lose(exchange, refusal('configuration_unavailable', { retryAfterSeconds: 2 }));
  const api = tenant === 'absent' ? undefined : tenant.apis.get(exchange.apiSlug);
  const version = api?.versions.get(exchange.versionSlug);
  if (tenant === 'absent' || api === undefined || version === undefined) {
    return lose(exchange, refusal('route_not_found'));
  }
  exchange.tenant = tenant;
  exchange.api = api;
  exchange.version = version;
  exchange.chain = findEndpoint(exchange, version);
}

/**
 * Finds the endpoint of a request and with it the chain it will walk. Tells nobody anything: an address that leads
 * nowhere has a chain as well, which first asks who calls. A promise while configuration has to be fetched.
 */
export function locate(exchange: Exchange, ports: Ports): Promise<void> | null {
  const address = matchAddress(exchange);
  if (address instanceof Refusal) lose(exchange, address);
  else if (address === 'chat') exchange.chain = CHAT;
  else if (address === 'models') exchange.chain = MODELS;
  else if (address !== 'api') {
    if (ports.ownTokens === null) lose(exchange, refusal('route_not_found'));
    else exchange.chain = OAUTH[address];
  } else {
    const tenant = ports.snapshot.tenantBySlug(exchange.tenantSlug);
    if (tenant instanceof Promise) return tenant.then((found) => take(exchange, found));
    take(exchange, tenant);
  }
  return null;
}
