import { priceAt } from '@parley/domain/pricing';
import type { Loss } from '@parley/llm/neutral/call';
import { modelRequest } from '@parley/llm/providers/request';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledProvider } from '../snapshot/compiled.ts';
import { addNote } from '../wire/response-headers.ts';
import { callIssue } from './read-chat.ts';

/** A key of the provider, more often the heavier ones; `null` for a provider that asks for none. */
function chooseKey({ keys }: CompiledProvider): string | null {
  return keys.length === 0 ? null : (keys[Math.floor(Math.random() * keys.length)] as string);
}

const MAX_NAMED_LOSSES = 20;

/** What the target cannot be told: refused where the answer would be another one, else named in the answer's headers. */
function noteLosses(exchange: Exchange, losses: readonly Loss[]): Refusal | null {
  if (losses.length === 0) return null;
  const essential = losses.find((loss) => loss.essential);
  if (essential !== undefined) {
    const message = `\`${essential.path}\` cannot be sent to the model behind this name: ${essential.why}.`;
    return refusal('unsupported_parameter', { message, param: essential.path });
  }
  const names = losses.slice(0, MAX_NAMED_LOSSES).map(({ path }) => path.replace(/[^\x21-\x2b\x2d-\x7e]/g, '_'));
  addNote(exchange, 'x-parley-dropped', names.join(', '));
  return null;
}

/**
 * Prepares the call to the model's provider: a price in force, the provider's address and key, and the body in its protocol.
 * Nothing of the caller's headers travels on but what the protocol they share has for it.
 */
export function buildProvider(exchange: Exchange, ports: Ports): Refusal | null {
  const { model, chat } = exchange;
  if (model === null || chat === null) return refusal('internal');
  const price = priceAt(model.prices, ports.clock.nowMs());
  if (price === null) return refusal('price_missing');
  exchange.price = price.rates;
  const { provider, target } = model;
  const format = provider?.format ?? null;
  if (provider === null || format === null || provider.broken) return refusal('provider_unconfigured');
  const access = { format, key: chooseKey(provider), settings: provider.settings };
  const request = modelRequest(access, chat, target, exchange.forwardHeaders);
  if (request === null) return refusal('provider_unconfigured');
  if ('malformed' in request) return callIssue(request);
  const refused = noteLosses(exchange, request.losses);
  if (refused !== null) return refused;
  exchange.way = request.way;
  request.headers.push('accept-encoding', 'identity', 'user-agent', 'parley-gateway');
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(provider.origin, provider.timeouts.connectMs),
    group: null,
    method: 'POST',
    path: provider.basePath + request.path,
    headers: request.headers,
    body: request.body,
    timeouts: provider.timeouts,
  };
  return null;
}
