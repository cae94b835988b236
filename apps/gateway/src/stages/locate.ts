import { hostName } from '@parley/contracts/tenant-names';
import type { Exchange } from '../exchange.ts';
import {
  BATCHES,
  CHAT,
  CLIENT_SECRETS,
  FEEDBACK,
  JOBS,
  MODELS,
  NOWHERE,
  OPERATION,
  PARTY_ATTEST,
  PARTY_EXCHANGE,
  PARTY_EXPLAIN,
  PARTY_INTROSPECT,
  PARTY_ISSUE,
  PARTY_KEYS,
  PARTY_REVOKE,
  REALTIME,
  SESSIONS,
  TOKEN,
  TOKEN_KEYS,
  TOKEN_METADATA,
} from '../pipeline.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledTenant } from '../snapshot/compiled.ts';
import type { Missing } from '../snapshot/store.ts';
import { findEndpoint } from './find-endpoint.ts';
import { type Address, matchAddress, matchHosted } from './match-address.ts';

/** The gateway's own addresses. */
const OWN = {
  chat: CHAT,
  operation: OPERATION,
  realtime: REALTIME,
  clientSecrets: CLIENT_SECRETS,
  models: MODELS,
  jobs: JOBS,
  batches: BATCHES,
  sessions: SESSIONS,
  feedback: FEEDBACK,
} as const;
/** Those it has only where it issues tokens of its own. */
const OAUTH = {
  token: TOKEN,
  tokenKeys: TOKEN_KEYS,
  tokenMetadata: TOKEN_METADATA,
  partyIssue: PARTY_ISSUE,
  partyIntrospect: PARTY_INTROSPECT,
  partyRevoke: PARTY_REVOKE,
  partyAttest: PARTY_ATTEST,
  partyExchange: PARTY_EXCHANGE,
  partyExplain: PARTY_EXPLAIN,
  partyKeys: PARTY_KEYS,
} as const;

function isOwn(address: Exclude<Address, 'api'>): address is keyof typeof OWN {
  return address in OWN;
}

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
  if (ports.ownHosts.has(exchange.host)) return locateByPath(exchange, ports);
  const tenant = ports.snapshot.tenantBySlug(hostName(exchange.host));
  if (!(tenant instanceof Promise)) return locateAt(exchange, tenant, ports);
  return tenant.then((found) => locateAt(exchange, found, ports) ?? undefined);
}

/** At a host of a tenant's own nothing but that tenant is found; every other host is the gateway's. */
function locateAt(exchange: Exchange, tenant: CompiledTenant | Missing, ports: Ports): Promise<void> | null {
  // Which hosts there are cannot be asked now: those of tenants in memory are known, the others are as good as the gateway's.
  if (typeof tenant === 'string') return locateByPath(exchange, ports);
  const bound = tenant.doc.hosts?.find(({ host }) => host === exchange.host);
  const apiId = bound?.apiId ?? null;
  const api = apiId === null ? null : (tenant.apisById.get(apiId)?.slug ?? '');
  const address = bound === undefined ? refusal('route_not_found') : matchHosted(exchange, tenant.slug, api);
  if (address instanceof Refusal) lose(exchange, address);
  else take(exchange, tenant);
  return null;
}

function locateByPath(exchange: Exchange, ports: Ports): Promise<void> | null {
  const address = matchAddress(exchange);
  if (address instanceof Refusal) lose(exchange, address);
  else if (address === 'api') {
    const tenant = ports.snapshot.tenantBySlug(exchange.tenantSlug);
    if (tenant instanceof Promise) return tenant.then((found) => take(exchange, found));
    take(exchange, tenant);
  } else if (isOwn(address)) exchange.chain = OWN[address];
  else if (ports.ownTokens === null) lose(exchange, refusal('route_not_found'));
  else exchange.chain = OAUTH[address];
  return null;
}
