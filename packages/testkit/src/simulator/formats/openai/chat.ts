import { answers, type FinishReason, seedOf } from '../../core/answer.ts';
import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { Settings } from '../../format.ts';
import { completionBody, completionChunks } from './chat-completion.ts';
import { parseChatRequest } from './chat-request.ts';
import { conversationOf } from './conversation.ts';
import { distortBody, distortChunks } from './distort.ts';
import { eventStream } from './event-stream.ts';
import { usageOf } from './usage.ts';

/** `POST /v1/chat/completions`. Throws ApiError for a request OpenAI would refuse. */
export async function chat(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const request = parseChatRequest(body);
  const conversation = conversationOf(request);
  const { faults } = exchange;
  const choices = answers(conversation, request.n ?? 1).map((choice) => asAllowed(choice, faults));
  const completionTokens = choices.reduce((sum, choice) => sum + choice.completionTokens, 0);
  const reasoning = choices.reduce((sum, choice) => sum + choice.thinkingTokens, 0);
  const cached = faults.get('cached-tokens')?.value ?? settings.promptCache?.cachedTokens(conversation) ?? 0;
  const usage = usageOf(promptTokens(conversation), completionTokens, reasoning, cached);
  // OpenAI reports `stop`, not `tool_calls`, when a function was forced by name.
  const forced = typeof conversation.toolChoice === 'object';
  const finish = (reason: FinishReason): FinishReason => (forced && reason === 'tool_calls' ? 'stop' : reason);
  const completion = {
    id: `chatcmpl-sim${seedOf(conversation).slice(0, 26)}`,
    created: Math.floor(Date.now() / 1000),
    model: conversation.model,
    answers: choices.map((choice) => ({ ...choice, finishReason: finish(choice.finishReason) })),
    usage,
    includeUsage: request.stream_options?.include_usage === true,
  };
  if (streams(exchange, request.stream === true)) {
    const chunks = distortChunks(completionChunks(completion), usage, faults);
    await deliverStream(exchange, eventStream(chunks), settings.msPerToken);
  } else {
    const message = distortBody(completionBody(completion), faults);
    await deliverJson(exchange, message, completionTokens, settings.msPerToken);
  }
}
