import { type Answer, answers, thinkingPieces } from '../../core/answer.ts';
import { breakpointCache } from '../../core/breakpoint-cache.ts';
import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { ActiveFaults } from '../../faults.ts';
import type { Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { converseBody, converseStream, type Said } from './answer.ts';
import { invalid } from './aws-error.ts';
import { conversationOf, segmentsOf } from './conversation.ts';
import { simulatedModel } from './model-id.ts';
import { type ConverseRequest, converseSchema, countTokensSchema } from './request.ts';
import { answerSchema, checkPrompt, checkRules, modelFields } from './rules.ts';
import { invalidShape } from './wording.ts';

function modelOf(exchange: Exchange): string {
  const name = simulatedModel(exchange.params.model ?? '');
  if (name === null) throw invalid('The provided model identifier is invalid.');
  return parseModel(name).model;
}

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'end_turn',
  content_filter: 'content_filtered',
} as const;

function ended(answer: Answer, faults: ActiveFaults): { answer: Answer; stopReason: string } {
  const full = faults.get('context-window')?.value;
  if (full !== undefined) {
    const pieces = answer.pieces.slice(0, full);
    const cut = { ...answer, pieces, toolCalls: [], completionTokens: answer.thinkingTokens + pieces.length };
    return { answer: cut, stopReason: 'model_context_window_exceeded' };
  }
  return { answer, stopReason: answer.stopSequence === null ? STOP_REASONS[answer.finishReason] : 'stop_sequence' };
}

function parseConverse(
  model: string,
  body: unknown,
): { request: ConverseRequest; fields: ReturnType<typeof modelFields> } {
  const parsed = converseSchema.safeParse(body);
  if (!parsed.success) throw invalidShape(parsed.error, body);
  const fields = modelFields(parsed.data);
  checkRules(parsed.data, fields, model.startsWith('sim-adaptive'));
  return { request: parsed.data, fields };
}

/** `POST /model/{model}/converse` and, with `stream`, `…/converse-stream`. Throws AwsError for what AWS would refuse. */
export function converse(stream: boolean) {
  return async (exchange: Exchange, body: unknown, settings: Settings): Promise<void> => {
    const startedMs = performance.now();
    const model = modelOf(exchange);
    const { faults } = exchange;
    const { request, fields } = parseConverse(model, body);
    const conversation = {
      ...conversationOf(model, request, fields, answerSchema(request)),
      textBeforeTools: faults.has('text-before-tools'),
    };
    const tokens = promptTokens(conversation);
    const [first] = answers(conversation);
    if (!first) throw new Error('one answer was asked for');
    const { answer, stopReason } = ended(asAllowed(first, faults), faults);
    const marked = settings.memory.of(breakpointCache).use(model, segmentsOf(request), tokens);
    const forced = faults.get('cached-tokens')?.value;
    const said: Said = {
      answer,
      stopReason,
      thinking: thinkingPieces(conversation, answer),
      redacted: faults.has('redacted-thinking'),
      emptyArguments: faults.has('tool-arguments-empty'),
      promptTokens: tokens,
      cache: forced === undefined ? marked : { read: Math.min(forced, tokens), written: { '5m': 0, '1h': 0 } },
      withoutUsage: faults.has('usage-missing'),
      unknownEvents: faults.has('unknown-event'),
    };
    const latencyMs = Math.round(performance.now() - startedMs);
    if (streams(exchange, stream)) {
      await deliverStream(exchange, converseStream(said, latencyMs), settings.msPerToken);
    } else {
      await deliverJson(exchange, converseBody(said, latencyMs), answer.completionTokens, settings.msPerToken);
    }
  };
}

/** `POST /model/{model}/count-tokens`, for Converse's input. */
export async function countTokens(exchange: Exchange, body: unknown): Promise<void> {
  const model = modelOf(exchange);
  const parsed = countTokensSchema.safeParse(body);
  if (!parsed.success) throw invalidShape(parsed.error, body);
  const { converse: prompt } = parsed.data.input;
  if (!prompt) throw invalid('The simulator counts the tokens of converse input, not of invokeModel input.');
  checkPrompt(prompt);
  const conversation = conversationOf(model, prompt, modelFields(prompt), null);
  await deliverJson(exchange, { inputTokens: promptTokens(conversation) }, 0, 0);
}
