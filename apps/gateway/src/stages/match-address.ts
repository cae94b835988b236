import { jobAddress } from '../background/job-address.ts';
import { BATCH_PROTOCOLS, batchAddress } from '../batches/batch-address.ts';
import { sessionAddress } from '../context/session-address.ts';
import type { Exchange } from '../exchange.ts';
import { matchPartyTokens, type PartyAddress } from '../party/party-address.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { type ModelPath, modelPath } from './model-path.ts';

/** What an address names: an API version's path, or one of the gateway's own model endpoints. */
export type Address =
  | 'api'
  | 'chat'
  | 'operation'
  | 'realtime'
  | 'clientSecrets'
  | 'models'
  | 'feedback'
  | 'jobs'
  | 'batches'
  | 'sessions'
  | 'token'
  | 'tokenKeys'
  | 'tokenMetadata'
  | PartyAddress;

const GLOBAL: Readonly<Record<Exclude<ModelPath['operation'], 'models'>, Address>> = {
  chat: 'chat',
  beside: 'operation',
  count_tokens: 'chat',
  realtime: 'realtime',
  client_secrets: 'clientSecrets',
};

const KINDS: Readonly<Record<ModelPath['operation'], Exchange['kind']>> = {
  chat: 'chat',
  beside: 'chat',
  count_tokens: 'models',
  models: 'models',
  realtime: 'websocket',
  client_secrets: 'models',
};

/** Cohere's clients have no other path here; no API's address is as short. */
const COHERE_RERANK = '/v2/rerank';
const MAX_PATH = 4096;
/** A `.` or `..` segment in any encoding, or a backslash: upstreams disagree on what those mean. */
const DOT_SEGMENT = /(?:^|\/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:$|\/|\\|%2f|%5c)/i;
const FORBIDDEN = /[\\\s\0]|%00|%5c/i;

/** Until the API is known, errors take the dialect that clients of such a path expect. */
function noteDialect(exchange: Exchange, rest: string): void {
  const found = modelPath(rest);
  exchange.modelPath = found;
  exchange.dialect = found?.protocol ?? null;
  if (found?.operation === 'realtime') {
    exchange.modelPath = { ...found, model: new URLSearchParams(exchange.query).get('model') ?? '' };
  }
  // Google's clients may show their key in the query, which never travels on.
  if (found?.protocol === 'gemini' && exchange.query !== '') {
    exchange.keyText ??= new URLSearchParams(exchange.query).get('key');
  }
}

/** Reads what a path asks of calls that are answered later; `null` for one that asks nothing of them. */
export function matchJobs(exchange: Exchange, rest: string): 'jobs' | Refusal | null {
  const found = jobAddress(rest, exchange.method);
  if (found === null) return null;
  exchange.kind = 'models';
  if ('allow' in found) return refusal('method_not_allowed', { allow: found.allow });
  exchange.jobAddress = found;
  exchange.dialect = found.response ? 'openai_responses' : null;
  return 'jobs';
}

/** The same of files and batches. */
export function matchBatches(exchange: Exchange, rest: string): 'batches' | Refusal | null {
  const found = batchAddress(rest, exchange.method);
  if (found === null) return null;
  exchange.kind = 'models';
  exchange.dialect = BATCH_PROTOCOLS[found.noun];
  if ('allow' in found) return refusal('method_not_allowed', { allow: found.allow });
  exchange.batchAddress = found;
  return 'batches';
}

/** The same of sessions. */
function matchSessions(exchange: Exchange): 'sessions' | Refusal | null {
  const found = sessionAddress(exchange.path, exchange.method);
  if (found === null) return null;
  exchange.kind = 'models';
  if ('allow' in found) return refusal('method_not_allowed', { allow: found.allow });
  exchange.sessionAddress = found;
  return 'sessions';
}

function matchGlobal(exchange: Exchange): Address | Refusal {
  if (exchange.path === '/v1/feedback') {
    return exchange.method === 'POST' ? 'feedback' : refusal('method_not_allowed', { allow: 'POST' });
  }
  const party = matchPartyTokens(exchange);
  if (party !== null) return party;
  noteDialect(exchange, exchange.path);
  const { modelPath, method } = exchange;
  if (modelPath === null) {
    const own = matchJobs(exchange, exchange.path) ?? matchBatches(exchange, exchange.path) ?? matchSessions(exchange);
    if (own !== null) return own;
    exchange.dialect = 'openai_chat';
    return refusal('route_not_found');
  }
  const { operation } = modelPath;
  exchange.kind = KINDS[operation];
  exchange.rest = modelPath.rest;
  if (operation === 'realtime') return method === 'GET' ? 'realtime' : refusal('method_not_allowed', { allow: 'GET' });
  if (operation !== 'models')
    return method === 'POST' ? GLOBAL[operation] : refusal('method_not_allowed', { allow: 'POST' });
  return method === 'GET' || method === 'HEAD' ? 'models' : refusal('method_not_allowed', { allow: 'GET, HEAD' });
}

const OAUTH = new Map<string, { readonly address: Address; readonly allow: string }>([
  ['/oauth/token', { address: 'token', allow: 'POST' }],
  ['/.well-known/jwks.json', { address: 'tokenKeys', allow: 'GET, HEAD' }],
  ['/.well-known/oauth-authorization-server', { address: 'tokenMetadata', allow: 'GET, HEAD' }],
]);

function matchOAuth({ path, method }: Exchange): Address | Refusal {
  const found = OAUTH.get(path);
  if (found === undefined) return refusal('route_not_found');
  return found.allow.split(', ').includes(method)
    ? found.address
    : refusal('method_not_allowed', { allow: found.allow });
}

/** Whether a path is one that upstreams could disagree on. */
function isMalformed(path: string): boolean {
  return path.charCodeAt(0) !== 47 || path.length > MAX_PATH || FORBIDDEN.test(path) || DOT_SEGMENT.test(path);
}

/**
 * Reads the path of a request to a host of a tenant's own: `/{api}/{version}/…`, or `/{version}/…` where the host is for one
 * API, whose short name is `apiSlug`. The gateway's own endpoints are not there.
 */
export function matchHosted(exchange: Exchange, tenantSlug: string, apiSlug: string | null): 'api' | Refusal {
  const { path } = exchange;
  if (isMalformed(path)) return refusal('malformed_request');
  const api = apiSlug === null ? path.indexOf('/', 1) : 0;
  if (api === -1) return refusal('route_not_found');
  const rest = path.indexOf('/', api + 1);
  exchange.tenantSlug = tenantSlug;
  exchange.apiSlug = apiSlug ?? path.slice(1, api);
  exchange.versionSlug = rest === -1 ? path.slice(api + 1) : path.slice(api + 1, rest);
  exchange.rest = rest === -1 ? '' : path.slice(rest);
  noteDialect(exchange, exchange.rest);
  return 'api';
}

/** Reads from the path alone where a request wants to go: `/v1/…`, or `/{tenant}/{api}/{version}/…`. */
export function matchAddress(exchange: Exchange): Address | Refusal {
  const { path } = exchange;
  if (isMalformed(path)) return refusal('malformed_request');
  if (path.startsWith('/v1/') || path.startsWith('/v1beta/') || path.startsWith('/v1beta1/') || path === COHERE_RERANK)
    return matchGlobal(exchange);
  const api = path.indexOf('/', 1);
  const version = api === -1 ? -1 : path.indexOf('/', api + 1);
  if (version === -1) return matchOAuth(exchange);
  const rest = path.indexOf('/', version + 1);
  exchange.tenantSlug = path.slice(1, api);
  exchange.apiSlug = path.slice(api + 1, version);
  exchange.versionSlug = rest === -1 ? path.slice(version + 1) : path.slice(version + 1, rest);
  exchange.rest = rest === -1 ? '' : path.slice(rest);
  noteDialect(exchange, exchange.rest);
  return 'api';
}
