import { priceAt } from '@parley/domain/pricing';
import type { CallIssue, Loss } from '@parley/llm/neutral/call';
import { type OperationModelRequest, operationRequest } from '@parley/llm/operations/request';
import { awsAuthHeaders } from '@parley/llm/providers/aws-auth';
import { GATEWAY_HEADERS, type ModelRequest, modelRequest, type ProviderAccess } from '@parley/llm/providers/request';
import { realtimeRequest } from '@parley/llm/realtime/request';
import { wayOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { callIssue } from '../stages/read-chat.ts';
import type { ProviderKey } from './key-state.ts';
import { isPriced } from './sold-by.ts';
import { wayInForce } from './way-in-force.ts';

/** What of the losses a call is refused for. */
function refusedFor(exchange: Exchange, losses: readonly Loss[]): Loss | undefined {
  const { unsupported } = exchange.routing;
  if (unsupported === 'drop') return undefined;
  return unsupported === 'refuse' ? losses[0] : losses.find((loss) => loss.essential);
}

type Asked = Omit<ModelRequest, 'way' | 'body'> &
  Pick<Exchange, 'way' | 'operationWay'> & { readonly body: string | Buffer };

function chatAsked(request: ModelRequest | CallIssue | null): Asked | CallIssue | null {
  return request === null || 'malformed' in request ? request : { ...request, operationWay: null };
}

function operationAsked(request: OperationModelRequest | CallIssue | null): Asked | CallIssue | null {
  return request === null || 'malformed' in request ? request : { ...request, way: null, operationWay: request.way };
}

/** A session is asked for in its handshake's head. */
function realtimeAsked(
  { forwardHeaders }: Exchange,
  { target }: CompiledModel,
  access: ProviderAccess,
  formatName: string,
): Asked | null {
  const request = realtimeRequest(formatName, access, target, forwardHeaders);
  // Refusals of the handshake are OpenAI's errors.
  return request && { ...request, body: '', losses: [], way: wayOf('openai_chat', 'openai_chat'), operationWay: null };
}

/** What the model is sent; `null` where nobody can ask its provider for that. */
function requestOf(
  exchange: Exchange,
  model: CompiledModel,
  access: ProviderAccess,
  formatName: string,
): Asked | CallIssue | null {
  const { chat, continued, media, operation, forwardHeaders, modelPath } = exchange;
  const { target } = model;
  if (modelPath?.operation === 'realtime') return realtimeAsked(exchange, model, access, formatName);
  if (chat !== null) return chatAsked(modelRequest(access, continued ?? chat, target, forwardHeaders, media));
  return operation && operationAsked(operationRequest(formatName, access, operation, target));
}

/** The provider's kind has nothing like what was asked for. */
function cannot({ operation, modelPath }: Exchange): Refusal {
  const realtime = modelPath?.operation === 'realtime';
  if (operation === null && !realtime) return refusal('provider_unconfigured');
  const what = realtime ? 'realtime' : (modelPath?.beside?.operation.replaceAll('_', ' ') ?? 'this');
  const message = `The model behind this name does not serve ${what} calls.`;
  return refusal('unsupported_parameter', { message, param: 'model' });
}

/**
 * Prepares the call of one model: a price in force, the provider's address, and the body in its protocol. Nothing of the
 * caller's headers travels on but what the protocol they share has for it. Changes nothing of the exchange when it refuses.
 */
export function prepareCall(
  exchange: Exchange,
  ports: Ports,
  model: CompiledModel,
  key: ProviderKey | null,
): Refusal | null {
  const price = priceAt(model.prices, ports.clock.nowMs());
  if (price === null || !isPriced(exchange, price.rates)) return refusal('price_missing');
  const { provider } = model;
  const format = provider?.format ?? null;
  if (provider === null || format === null || provider.broken) return refusal('provider_unconfigured');
  const kept = exchange.guard?.keepsFrom(provider) ?? null;
  if (kept !== null) return kept;
  const access = { format, key: key?.secret ?? null, settings: provider.settings };
  const request = requestOf(exchange, model, access, provider.formatName);
  if (request === null) return cannot(exchange);
  if ('malformed' in request) return callIssue(request);
  const lost = refusedFor(exchange, request.losses);
  if (lost !== undefined) {
    const message = `\`${lost.path}\` cannot be sent to the model behind this name: ${lost.why}.`;
    return refusal('unsupported_parameter', { message, param: lost.path });
  }
  exchange.model = model;
  exchange.price = price.rates;
  exchange.way = request.way && wayInForce(exchange, request.way);
  exchange.operationWay = request.operationWay;
  exchange.losses = request.losses;
  const path = provider.basePath + request.path;
  if (format.auth === 'aws' && access.key !== null) {
    const sent = { origin: provider.origin, path, body: String(request.body) };
    request.headers.push(...awsAuthHeaders(access.key, provider.settings, sent, ports.clock.nowMs()));
  }
  request.headers.push(...GATEWAY_HEADERS);
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(provider.origin, provider.timeouts.connectMs),
    group: null,
    method: exchange.modelPath?.operation === 'realtime' ? 'GET' : 'POST',
    path,
    headers: request.headers,
    body: request.body,
    timeouts: provider.timeouts,
  };
  return null;
}
