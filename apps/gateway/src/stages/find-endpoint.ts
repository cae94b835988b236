import type { Exchange } from '../exchange.ts';
import { Refusal, refusal } from '../refusals.ts';
import { NO_FACTS, RequestFacts } from '../routing/call-facts.ts';
import type { CompiledTarget, CompiledVersion } from '../snapshot/compiled.ts';
import type { Chain } from '../stage.ts';
import { matchBatches, matchJobs } from './match-address.ts';

/** Finds the endpoint within an API version: a route of a REST API, a prompt, or one of a model API's paths. */
export function findEndpoint(exchange: Exchange, version: CompiledVersion): Chain {
  const found = find(exchange, version.target);
  if (!(found instanceof Refusal)) return found;
  exchange.lost = found;
  return version.lost;
}

function find(exchange: Exchange, target: CompiledTarget): Chain | Refusal {
  switch (target.kind) {
    case 'rest':
      return findRoute(exchange, target);
    case 'prompt':
      if (exchange.rest !== '' && exchange.rest !== '/')
        return findJobs(exchange, target) ?? refusal('route_not_found');
      return exchange.method === 'POST' ? target.chain : refusal('method_not_allowed', { allow: 'POST' });
    case 'llm':
      return findModelPath(exchange, target);
  }
}

function findRoute(exchange: Exchange, target: Extract<CompiledTarget, { kind: 'rest' }>): Chain | Refusal {
  const { routes } = target;
  const found = routes.find(exchange.method, exchange.rest, routes.conditional ? new RequestFacts(exchange) : NO_FACTS);
  // A table without such conditions never says so.
  if (found.kind === 'later') return target.choosing ?? refusal('internal');
  if (found.kind === 'none') return refusal('route_not_found');
  if (found.kind === 'method_not_allowed') return refusal('method_not_allowed', { allow: found.allow });
  exchange.route = found.match.value;
  exchange.routeParams = found.match.params;
  return found.match.value.chain;
}

/** What a path asks of calls that the API answers later. */
function findJobs(exchange: Exchange, { jobs }: { readonly jobs: Chain }): Chain | Refusal | null {
  const found = matchJobs(exchange, exchange.rest);
  return found === 'jobs' ? jobs : found;
}

/** What a path asks of files and batches. */
function findBatches(exchange: Exchange, { filing }: { readonly filing: Chain }): Chain | Refusal | null {
  const found = matchBatches(exchange, exchange.rest);
  return found === 'batches' ? filing : found;
}

const MODEL_CHAINS = {
  chat: 'chat',
  beside: 'operation',
  count_tokens: 'counting',
  realtime: 'realtime',
  client_secrets: 'secrets',
} as const;

function findModelPath(exchange: Exchange, target: Extract<CompiledTarget, { kind: 'llm' }>): Chain | Refusal {
  const { modelPath, method } = exchange;
  if (modelPath === null)
    return findJobs(exchange, target) ?? findBatches(exchange, target) ?? refusal('route_not_found');
  if (modelPath.operation !== 'models') {
    const wanted = modelPath.operation === 'realtime' ? 'GET' : 'POST';
    if (method !== wanted) return refusal('method_not_allowed', { allow: wanted });
    return target[MODEL_CHAINS[modelPath.operation]];
  }
  exchange.rest = modelPath.rest;
  const fits = method === 'GET' || method === 'HEAD';
  return fits ? target.listing : refusal('method_not_allowed', { allow: 'GET, HEAD' });
}
