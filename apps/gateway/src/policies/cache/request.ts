import type { CachePolicy } from '@parley/contracts/policies/cache';
import type { Exchange } from '../../exchange.ts';
import type { Place } from '../../ports/cache/response-cache.ts';
import { hasBody } from '../../wire/body.ts';
import type { Conditions } from './conditional.ts';
import { type Directives, parseDirectives } from './directives.ts';
import { keyQuery, primaryKey, resourceKey } from './key.ts';
import { noDirectives } from './reuse.ts';

/** A GET or HEAD as the cache sees it. */
export interface CacheRequest {
  readonly place: Place;
  readonly directives: Directives;
  readonly conditions: Conditions;
}

/** Requests that are none of the cache's business: parts of answers, conditions on the current state, bodies. */
const LEFT_ALONE = ['range', 'if-match', 'if-unmodified-since', 'if-range'] as const;
const PRAGMA: Directives = new Map([['no-cache', true]]);

function directivesOf(exchange: Exchange, policy: CachePolicy): Directives {
  if (!policy.obeyClients) return noDirectives();
  const { headers } = exchange.request;
  if (headers['cache-control'] !== undefined) return parseDirectives(headers['cache-control']);
  return headers.pragma?.toLowerCase().includes('no-cache') === true ? PRAGMA : noDirectives();
}

/** Whose answers these are: the application's, and where tokens name people or carry scopes, those people's alone; of a party token all it tells. */
function partitionOf({ caller, subject, scopes, party }: Exchange): string {
  const told = party === null ? [] : [party.partition];
  return JSON.stringify([
    caller?.application.id,
    subject === caller?.key.id ? '' : subject,
    [...scopes].sort(),
    ...told,
  ]);
}

/** The resource a call's path names. */
export function resourceOf(exchange: Exchange, generation: number): string {
  return resourceKey(exchange.tenant?.id ?? '', exchange.version?.id ?? '', generation, exchange.path);
}

/** Reads what a GET or HEAD asks of the cache; `null` for one that passes it by. */
export function readCacheRequest(exchange: Exchange, policy: CachePolicy, generation: number): CacheRequest | null {
  const { tenant, caller, upstreamRequest } = exchange;
  const { headers } = exchange.request;
  if (tenant === null || caller === null || upstreamRequest === null || hasBody(exchange)) return null;
  if (LEFT_ALONE.some((name) => headers[name] !== undefined)) return null;
  const directives = directivesOf(exchange, policy);
  if (directives.has('no-store')) return null;
  const resource = resourceOf(exchange, generation);
  // Routes with conditions share their path, variants their route: each has answers of its own.
  const partition = JSON.stringify([
    exchange.route?.id,
    exchange.variant,
    policy.shared ? null : partitionOf(exchange),
  ]);
  const host = headers.host?.toLowerCase() ?? '';
  const primary = primaryKey({ resource, partition, host, query: keyQuery(exchange.query, policy) });
  const flatHeaders = upstreamRequest.headers.slice();
  return {
    place: { tenantId: tenant.id, dataKey: tenant.dataKey, resource, primary, flatHeaders },
    directives,
    conditions: { ifNoneMatch: headers['if-none-match'], ifModifiedSince: headers['if-modified-since'] },
  };
}
