import { priceAt } from '@parley/domain/pricing';
import { toProviderBody } from '@parley/llm/dialects/openai-chat/request';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledProvider } from '../snapshot/compiled.ts';

/** A key of the provider, more often the heavier ones; empty for a provider that asks for none. */
function authHeaders(provider: CompiledProvider): string[] {
  const { keys } = provider;
  if (keys.length === 0) return [];
  const key = keys.length === 1 ? keys[0] : keys[Math.floor(Math.random() * keys.length)];
  return ['authorization', `Bearer ${key}`];
}

/**
 * Prepares the call to the model's provider: a price in force, the provider's address and key, and the body. Nothing of
 * the caller's headers travels on.
 */
export function buildProvider(exchange: Exchange, ports: Ports): Refusal | null {
  const { model, chat, providerRequest } = exchange;
  if (model === null || providerRequest === null) return refusal('internal');
  const price = priceAt(model.prices, ports.clock.nowMs());
  if (price === null) return refusal('price_missing');
  exchange.price = price.rates;
  const provider = model.provider;
  if (provider === null || provider.broken) return refusal('provider_unconfigured');
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(provider.origin, provider.timeouts.connectMs),
    group: null,
    method: 'POST',
    path: `${provider.basePath}/chat/completions`,
    headers: [
      ...authHeaders(provider),
      'content-type',
      'application/json',
      'accept',
      exchange.stream ? 'text/event-stream' : 'application/json',
      'accept-encoding',
      'identity',
      'user-agent',
      'parley-gateway',
    ],
    body: chat === null ? JSON.stringify(providerRequest) : toProviderBody(chat, model.providerModel),
    timeouts: provider.timeouts,
  };
  return null;
}
