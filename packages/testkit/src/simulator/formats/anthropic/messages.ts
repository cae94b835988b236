import { type Answer, answers, seedOf, thinkingPieces } from '../../core/answer.ts';
import { breakpointCache } from '../../core/breakpoint-cache.ts';
import type { Conversation } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { countTokens, tokenize, tokenTexts } from '../../core/tokens.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { ActiveFaults } from '../../faults.ts';
import type { Settings } from '../../format.ts';
import { answerBlocks } from './answer-blocks.ts';
import { invalid } from './anthropic-error.ts';
import { segmentsOf } from './breakpoints.ts';
import { conversationOf, prefillOf } from './conversation.ts';
import { type Ending, messageBody, messageStream } from './message.ts';
import {
  betaCountTokensSchema,
  betaMessagesSchema,
  countTokensSchema,
  type MessagesRequest,
  messagesSchema,
} from './request.ts';
import { checkPrompt, checkRules } from './rules.ts';
import { invalidBody } from './wording.ts';

/** What every simulated model takes and gives at most. */
export const CONTEXT_TOKENS = 200_000;
export const MOST_OUTPUT_TOKENS = 128_000;

const hasBeta = (exchange: Exchange): boolean => exchange.request.headers['anthropic-beta'] !== undefined;

function parseMessages(exchange: Exchange, body: unknown): MessagesRequest {
  const parsed = (hasBeta(exchange) ? betaMessagesSchema : messagesSchema).safeParse(body);
  if (!parsed.success) throw invalidBody(parsed.error, body);
  const request = parsed.data;
  checkRules(request);
  if (request.max_tokens > MOST_OUTPUT_TOKENS) {
    throw invalid(
      `max_tokens: ${request.max_tokens} > ${MOST_OUTPUT_TOKENS}, which is the maximum allowed number of output tokens for ${request.model}`,
    );
  }
  return request;
}

function checkLength(tokens: number): void {
  if (tokens > CONTEXT_TOKENS) throw invalid(`prompt is too long: ${tokens} tokens > ${CONTEXT_TOKENS} maximum`);
}

/** The rest of an answer that begins with a prefill; the whole answer when it does not. */
function continued(conversation: Conversation, prefill: string): Answer {
  const limit = conversation.maxTokens ?? Number.POSITIVE_INFINITY;
  const [answer] = answers({ ...conversation, maxTokens: limit + countTokens(prefill) });
  if (!answer) throw new Error('one answer was asked for');
  const text = answer.pieces.join('');
  if (prefill === '' || !text.startsWith(prefill)) return answer;
  const rest = tokenize(text.slice(prefill.length));
  const room = limit - answer.thinkingTokens;
  return {
    ...answer,
    pieces: tokenTexts(rest.slice(0, room)),
    finishReason: rest.length > room ? 'length' : answer.finishReason,
    completionTokens: answer.thinkingTokens + Math.min(rest.length, room),
  };
}

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  content_filter: 'refusal',
} as const;

const REFUSAL = { type: 'refusal', category: 'general_harms', explanation: 'simulated by Parley' } as const;

/** Endings that are asked for: the stop reason, with the words so far. */
const ASKED_ENDINGS = [
  ['pause-turn', 'pause_turn'],
  ['context-window', 'model_context_window_exceeded'],
] as const;

function endingOf(answer: Answer, faults: ActiveFaults): { answer: Answer; ending: Ending } {
  const plain = { stop_sequence: null, stop_details: null };
  for (const [name, reason] of ASKED_ENDINGS) {
    const after = faults.get(name)?.value;
    if (after === undefined) continue;
    const pieces = answer.pieces.slice(0, after);
    return {
      answer: { ...answer, pieces, toolCalls: [], completionTokens: answer.thinkingTokens + pieces.length },
      ending: { ...plain, stop_reason: reason },
    };
  }
  if (answer.stopSequence !== null) {
    return { answer, ending: { ...plain, stop_reason: 'stop_sequence', stop_sequence: answer.stopSequence } };
  }
  const reason = STOP_REASONS[answer.finishReason];
  return { answer, ending: { ...plain, stop_reason: reason, stop_details: reason === 'refusal' ? REFUSAL : null } };
}

/** `POST /v1/messages`. Throws AnthropicError for a request Anthropic would refuse. */
export async function messages(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const request = parseMessages(exchange, body);
  const { faults, record } = exchange;
  const conversation = { ...conversationOf(request), textBeforeTools: faults.has('text-before-tools') };
  const tokens = promptTokens(conversation) + countTokens(prefillOf(request));
  checkLength(tokens);
  const marked = settings.memory.of(breakpointCache).use(conversation.model, segmentsOf(request), tokens);
  const forced = faults.get('cached-tokens')?.value;
  const { answer, ending } = endingOf(asAllowed(continued(conversation, prefillOf(request)), faults), faults);
  const { thinking } = request;
  const blocks = answerBlocks(answer, {
    thinking: thinkingPieces(conversation, answer),
    thinkingHidden: thinking !== undefined && 'display' in thinking && thinking.display === 'omitted',
    redacted: faults.has('redacted-thinking'),
    emptyArguments: faults.has('tool-arguments-empty'),
  });
  const message = {
    id: `msg_sim${seedOf(conversation).slice(0, 24)}`,
    model: conversation.model,
    blocks,
    ending,
    promptTokens: tokens,
    cache: forced === undefined ? marked : { read: Math.min(forced, tokens), written: { '5m': 0, '1h': 0 } },
    outputTokens: answer.completionTokens,
    thinkingTokens: answer.thinkingTokens,
    withoutUsage: faults.has('usage-missing'),
  };
  if (streams(exchange, request.stream === true)) {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: record.id };
    await deliverStream(exchange, messageStream(message, error, faults.has('unknown-event')), settings.msPerToken);
  } else {
    await deliverJson(exchange, messageBody(message), answer.completionTokens, settings.msPerToken);
  }
}

/** `POST /v1/messages/count_tokens`. */
export async function countMessageTokens(exchange: Exchange, body: unknown): Promise<void> {
  const parsed = (hasBeta(exchange) ? betaCountTokensSchema : countTokensSchema).safeParse(body);
  if (!parsed.success) throw invalidBody(parsed.error, body);
  const request = parsed.data as MessagesRequest;
  checkPrompt(request);
  const tokens = promptTokens(conversationOf(request)) + countTokens(prefillOf(request));
  await deliverJson(exchange, { input_tokens: tokens }, 0, 0);
}
