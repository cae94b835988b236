import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import { factsOf } from '../../mapping/facts.ts';
import { isFormat } from '../../mapping/media.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { EndpointSource } from '../../stage.ts';
import { collectBody, hasBody, tooLarge } from '../../wire/body.ts';
import { FindingsLog } from '../findings-log.ts';
import { type CompiledComposition, compileSteps } from './compile-steps.ts';
import { Composition } from './composition.ts';

/** Answers a route from several upstreams; `null` without the policy. What cannot be compiled takes no calls. */
export function compose(source: EndpointSource): Serving | null {
  const { policies, route, api, version } = source;
  if (!policies.compose || route === null) return null;
  let plan: CompiledComposition;
  try {
    plan = compileSteps(policies.compose, source);
  } catch {
    return UNKEPT;
  }
  const log = new FindingsLog('a composed call lacks a part', { api: api.slug, version: version.version });
  const maxBytes = Math.min(plan.maxBytes, api.maxBodyBytes);
  return {
    build: deciding('compose', (exchange) => {
      exchange.facts ??= factsOf(exchange, source);
      if (plan.steps.some(({ upstream }) => upstream === null || upstream.broken))
        return refusal('provider_unconfigured');
      if (exchange.body !== null) return readBody(exchange, exchange.body, maxBytes);
      if (!hasBody(exchange)) return null;
      return collectBody(exchange, maxBytes).then((body) =>
        body instanceof Refusal ? body : readBody(exchange, body, maxBytes),
      );
    }),
    forward(exchange, ports, relay) {
      const facts = exchange.facts ?? factsOf(exchange, source);
      const body = isJsonBody(exchange) ? String(exchange.body) : 'null';
      const composition = new Composition({ exchange, ports, facts, body, log }, plan, relay);
      exchange.relay = relay;
      exchange.call = composition;
      composition.start();
      return null;
    },
  };
}

const UNKEPT: Serving = {
  build: deciding('compose', () => refusal('policy_unsupported')),
  forward: () => refusal('policy_unsupported'),
};

/** As it goes on: a policy before may have made JSON of something else. */
function isJsonBody({ forwardHeaders, body }: Exchange): boolean {
  if (body === null || body.length === 0) return false;
  return forwardHeaders.some(
    (name, at) => at % 2 === 0 && name === 'content-type' && isFormat(forwardHeaders[at + 1] ?? '', 'json'),
  );
}

function readBody(exchange: Exchange, body: Buffer, maxBytes: number): Refusal | null {
  if (body.length > maxBytes) return tooLarge(maxBytes);
  exchange.body = body;
  if (!isJsonBody(exchange)) return null;
  try {
    JSON.parse(body.toString('utf8'));
    return null;
  } catch {
    return refusal('malformed_json');
  }
}
