import { type ChatBody, renderCompiled } from '@parley/llm/prompt/render';
import { jsonProblem } from '@parley/llm/protocols/openai-chat/request';
import type { Exchange } from '../exchange.ts';
import { withPartyVariables } from '../party/party-facts.ts';
import { type Refusal, refusal } from '../refusals.ts';

const EVENT_STREAM = /\btext\/event-stream\b/i;

/** Reads the variables of a prompt call; what asks for them is the version it serves, unless another is chosen. */
export function readVariables(exchange: Exchange): Refusal | null {
  const target = exchange.version?.target;
  if (target?.kind !== 'prompt') return refusal('internal');
  exchange.offer = target.offer;
  exchange.promptVersionId = target.offer.promptVersionId;
  exchange.model = target.offer.model;
  exchange.stream = EVENT_STREAM.test(exchange.accept);
  try {
    const text = exchange.body?.toString('utf8') ?? '';
    exchange.variables = text === '' ? {} : JSON.parse(text);
  } catch (error) {
    return refusal('malformed_json', { message: jsonProblem(error) });
  }
  return null;
}

/** Fills the prompt with the variables: the request its model is asked. */
export function renderPromptCall(exchange: Exchange): Refusal | null {
  const { model, stream, offer } = exchange;
  if (offer === null) return refusal('internal');
  if (model === null) {
    return refusal('provider_unconfigured', { message: 'The model this endpoint was written for is not set up.' });
  }
  exchange.variables = withPartyVariables(exchange, offer.prompt.names, exchange.variables);
  const rendered = renderCompiled(offer.prompt, exchange.variables, { model: model.providerModel, stream });
  if (!rendered.ok) return refusal('invalid_variable', { errors: rendered.issues });
  askModel(exchange, rendered.request);
  return null;
}

/** Puts what is asked of the model, in OpenAI's words; its provider is asked in its own. */
export function askModel(exchange: Exchange, body: ChatBody): void {
  const { model, stream } = exchange;
  const text = JSON.stringify(body);
  const name = model?.providerModel ?? '';
  exchange.chat = { protocol: 'openai_chat', text, body, model: name, stream, wantsUsage: stream };
}
