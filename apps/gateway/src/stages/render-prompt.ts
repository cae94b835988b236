import { jsonProblem } from '@parley/llm/dialects/openai-chat/request';
import { renderCompiled } from '@parley/llm/prompt/render';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

const EVENT_STREAM = /\btext\/event-stream\b/i;

/** Fills the prompt with the variables of the body: the request its model is asked. */
export function renderPromptCall(exchange: Exchange): Refusal | null {
  const target = exchange.version?.target;
  if (target?.kind !== 'prompt') return refusal('internal');
  exchange.prompt = target.prompt;
  exchange.promptVersionId = target.promptVersionId;
  exchange.model = target.model;
  exchange.stream = EVENT_STREAM.test(exchange.accept);
  let variables: unknown;
  try {
    const text = exchange.body?.toString('utf8') ?? '';
    variables = text === '' ? {} : JSON.parse(text);
  } catch (error) {
    return refusal('malformed_json', { message: jsonProblem(error) });
  }
  const { model, stream } = exchange;
  if (model === null) {
    return refusal('provider_unconfigured', { message: 'The model this endpoint was written for is not set up.' });
  }
  const rendered = renderCompiled(target.prompt, variables, { model: model.providerModel, stream });
  if (!rendered.ok) return refusal('invalid_variable', { errors: rendered.issues });
  exchange.providerRequest = rendered.request;
  return null;
}
