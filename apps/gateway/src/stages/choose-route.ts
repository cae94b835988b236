import type { Exchange } from '../exchange.ts';
import { declaresJson } from '../expressions/json-body.ts';
import { Refusal, refusal } from '../refusals.ts';
import { BODY, CALLER, type Known, RequestFacts } from '../routing/call-facts.ts';
import { collectBody, hasBody } from '../wire/body.ts';

/** Bodies are read to choose a route up to this size; the API's own bound may be lower. */
const LARGEST_ASKED = 65_536;

/**
 * Chooses the route of a call whose address asks for more than the head: a caller who is known by now, and where a condition
 * needs it the body. Goes on with the route's chain after its caller; with all of it where the route knows callers its own way.
 */
export function chooseRoute(exchange: Exchange): Refusal | null | Promise<Refusal | null> {
  const outcome = choose(exchange, CALLER);
  if (outcome !== 'later') return outcome;
  return readAsked(exchange).then((refused) => {
    if (refused !== null || exchange.settled) return refused;
    const chosen = choose(exchange, BODY);
    return chosen === 'later' ? refusal('internal') : chosen;
  });
}

function choose(exchange: Exchange, known: Known): Refusal | null | 'later' {
  const target = exchange.version?.target;
  if (target?.kind !== 'rest') return refusal('internal');
  const found = target.routes.find(exchange.method, exchange.rest, new RequestFacts(exchange, known));
  if (found.kind === 'later') return 'later';
  if (found.kind === 'none') return refusal('route_not_found');
  if (found.kind === 'method_not_allowed') return refusal('method_not_allowed', { allow: found.allow });
  exchange.route = found.match.value;
  exchange.routeParams = found.match.params;
  exchange.chain = found.match.value.chosen;
  return null;
}

/** Reads a JSON body whole. One too large is refused, as padding it would choose another route. */
async function readAsked(exchange: Exchange): Promise<Refusal | null> {
  if (!hasBody(exchange) || !declaresJson(exchange)) return null;
  const maxBytes = Math.min(LARGEST_ASKED, exchange.api?.maxBodyBytes ?? LARGEST_ASKED);
  const body = await collectBody(exchange, maxBytes);
  if (!(body instanceof Refusal)) exchange.body = body;
  else if (body.code !== 'body_too_large') return body;
  else {
    const message = `Routes of this address are chosen by the body, which may have ${maxBytes} bytes at most.`;
    return refusal('body_too_large', { message });
  }
  return null;
}
