import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

function enterPrompt(exchange: Exchange): Refusal | null {
  exchange.way = 'prompt';
  exchange.kind = 'prompt';
  if (exchange.rest !== '' && exchange.rest !== '/') return refusal('route_not_found');
  return exchange.method === 'POST' ? null : refusal('method_not_allowed', { allow: 'POST' });
}

function enterLlm(exchange: Exchange): Refusal | null {
  const { rest, method } = exchange;
  if (rest === '/chat/completions') {
    exchange.way = 'api_chat';
    exchange.kind = 'chat';
    return method === 'POST' ? null : refusal('method_not_allowed', { allow: 'POST' });
  }
  if (rest === '/models' || rest.startsWith('/models/')) {
    exchange.way = 'api_models';
    exchange.kind = 'models';
    exchange.rest = rest.slice('/models'.length);
    return method === 'GET' || method === 'HEAD' ? null : refusal('method_not_allowed', { allow: 'GET, HEAD' });
  }
  return refusal('route_not_found');
}

function enterRest(exchange: Exchange): Refusal | null {
  exchange.way = 'rest';
  const target = exchange.version?.target;
  if (target?.kind !== 'rest') return refusal('internal');
  const found = target.routes.find(exchange.method, exchange.rest);
  if (found.kind === 'none') return refusal('route_not_found');
  if (found.kind === 'method_not_allowed') return refusal('method_not_allowed', { allow: found.allow });
  exchange.route = found.match.value;
  exchange.routeParams = found.match.params;
  return null;
}

/** Chooses the way on within the API version: a route of a REST API, a prompt's endpoint, or a model API's paths. */
export function enter(exchange: Exchange): Refusal | null {
  switch (exchange.version?.target.kind) {
    case 'rest':
      return enterRest(exchange);
    case 'prompt':
      return enterPrompt(exchange);
    case 'llm':
      return enterLlm(exchange);
    default:
      return refusal('internal');
  }
}
