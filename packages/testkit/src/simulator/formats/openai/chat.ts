import { type Answer, answers, type FinishReason, seedOf, thinkingPieces } from '../../core/answer.ts';
import { type Conversation, THINKING_TOKENS } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { WireError } from '../../failure.ts';
import type { ActiveFaults } from '../../faults.ts';
import type { Settings } from '../../format.ts';
import { ApiError } from './api-error.ts';
import { audioTokens } from './chat-audio.ts';
import {
  type Chunk,
  type Completion,
  type CompletionBody,
  completionBody,
  completionChunks,
} from './chat-completion.ts';
import { type ChatRequest, parseChatRequest } from './chat-request.ts';
import { conversationOf } from './conversation.ts';
import { distortBody, distortChunks } from './distort.ts';
import { eventStream } from './event-stream.ts';
import { usageOf } from './usage.ts';

/** What a host of OpenAI's models adds to their answers. */
export interface ChatManner {
  body(body: CompletionBody, faults: ActiveFaults): object;
  chunks(chunks: readonly Chunk[], faults: ActiveFaults): readonly object[];
  /** What is answered when the prompt itself is blocked. */
  blocked(): WireError;
}

/** OpenAI's words for a prompt that its filter blocks. */
export function promptBlocked(): ApiError {
  return new ApiError(
    400,
    'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
    { code: 'invalid_prompt' },
  );
}

const OWN: ChatManner = {
  body: (body) => body,
  chunks: (chunks) => chunks,
  blocked: promptBlocked,
};

/** What some compatible providers do not take, when they were asked to be one of those. */
function checkQuirks(request: ChatRequest, faults: ActiveFaults): void {
  if (faults.has('stream-options-refused') && request.stream_options) {
    throw new ApiError(400, 'Unrecognized request argument supplied: stream_options');
  }
  if (faults.has('max-tokens-refused') && request.max_tokens) {
    throw new ApiError(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    );
  }
}

/** A model that shows its thinking thinks, at least a little. */
function thinkingShown(conversation: Conversation, faults: ActiveFaults): Conversation {
  const asked = faults.has('reasoning-content') || faults.has('reasoning-text');
  return asked && conversation.thinkingTokens === 0
    ? { ...conversation, thinkingTokens: THINKING_TOKENS.low }
    : conversation;
}

function shownThinking(
  conversation: Conversation,
  choices: readonly Answer[],
  faults: ActiveFaults,
): Completion['shown'] {
  const field = faults.has('reasoning-content')
    ? 'reasoning_content'
    : faults.has('reasoning-text')
      ? 'reasoning'
      : null;
  return field && { field, thoughts: choices.map((choice) => thinkingPieces(conversation, choice)) };
}

/** `POST …/chat/completions` in the manner of a host. Throws ApiError for a request OpenAI would refuse. */
export function chatAs(manner: ChatManner) {
  return async (exchange: Exchange, body: unknown, settings: Settings): Promise<void> => {
    const { faults } = exchange;
    const request = parseChatRequest(body);
    checkQuirks(request, faults);
    if (faults.has('prompt-blocked')) throw manner.blocked();
    const said = { ...conversationOf(request), textBeforeTools: faults.has('text-before-tools') };
    const conversation = thinkingShown(said, faults);
    const choices = answers(conversation, request.n ?? 1).map((choice) => asAllowed(choice, faults));
    const created = Math.floor(Date.now() / 1000);
    const spoken = request.audio ? { format: request.audio.format, expiresAt: created + 3600 } : null;
    const sound = spoken ? choices.reduce((sum, choice) => sum + audioTokens(choice), 0) : 0;
    const completionTokens = choices.reduce((sum, choice) => sum + choice.completionTokens, sound);
    const reasoning = choices.reduce((sum, choice) => sum + choice.thinkingTokens, 0);
    const cached = faults.get('cached-tokens')?.value ?? settings.promptCache?.cachedTokens(conversation) ?? 0;
    const usage = usageOf(promptTokens(conversation), completionTokens, { reasoning, cached, sound });
    // OpenAI reports `stop`, not `tool_calls`, when a function was forced by name.
    const forced = typeof conversation.toolChoice === 'object';
    const finish = (reason: FinishReason): FinishReason => (forced && reason === 'tool_calls' ? 'stop' : reason);
    const completion: Completion = {
      id: `chatcmpl-sim${seedOf(conversation).slice(0, 26)}`,
      created,
      model: conversation.model,
      answers: choices.map((choice) => ({ ...choice, finishReason: finish(choice.finishReason) })),
      usage,
      includeUsage: request.stream_options?.include_usage === true,
      spoken,
      topLogprobs: request.logprobs ? (request.top_logprobs ?? 0) : null,
      shown: shownThinking(conversation, choices, faults),
    };
    if (streams(exchange, request.stream === true)) {
      const chunks = manner.chunks(distortChunks(completionChunks(completion), usage, faults), faults);
      await deliverStream(exchange, eventStream(chunks), settings.msPerToken);
    } else {
      const message = manner.body(distortBody(completionBody(completion), faults), faults);
      await deliverJson(exchange, message, completionTokens, settings.msPerToken);
    }
  };
}

/** `POST /v1/chat/completions` of OpenAI itself. */
export const chat = chatAs(OWN);
