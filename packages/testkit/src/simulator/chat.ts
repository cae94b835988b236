import { answers, completionId } from './answer.ts';
import { completionBody, completionChunks } from './chat-completion.ts';
import { type ChatRequest, parseChatRequest } from './chat-request.ts';
import { deliverJson, deliverStream } from './deliver.ts';
import { distortBody, distortChunks } from './distort.ts';
import type { Exchange } from './exchange.ts';
import { takeDirectives } from './faults.ts';
import { parseModel } from './models.ts';
import { type promptCache, promptTokens, usageOf } from './usage.ts';

/** The request without its instructions to the simulator, so that the same question gets the same answer. */
function withoutDirectives(request: ChatRequest): ChatRequest {
  return {
    ...request,
    model: parseModel(request.model).model,
    messages: request.messages.map((message) => {
      if (message.role !== 'user') return message;
      if (typeof message.content === 'string') return { ...message, content: takeDirectives(message.content).text };
      const content = message.content.map((part) =>
        part.type === 'text' ? { ...part, text: takeDirectives(part.text).text } : part,
      );
      return { ...message, content };
    }),
  };
}

interface MaybeMessage {
  readonly role?: unknown;
  readonly content?: unknown;
}

/** What `[[simulate: …]]` in the last user message asks for; '' for a body that is no chat request. */
export function askedInMessages(body: unknown): string {
  const messages: unknown = (body as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) return '';
  const last = (messages as (MaybeMessage | null)[]).findLast((message) => message?.role === 'user');
  const parts: unknown[] = Array.isArray(last?.content) ? last.content : [{ text: last?.content }];
  return parts
    .map((part) => (part as { text?: unknown } | null)?.text)
    .map((text) => (typeof text === 'string' ? takeDirectives(text).asked : ''))
    .filter((asked) => asked !== '')
    .join(';');
}

export interface ChatSettings {
  readonly msPerToken: number;
  readonly cache: ReturnType<typeof promptCache> | null;
}

/** `POST /v1/chat/completions`. Throws ApiError for a request OpenAI would refuse. */
export async function chat(exchange: Exchange, body: unknown, settings: ChatSettings): Promise<void> {
  const request = withoutDirectives(parseChatRequest(body));
  const { faults } = exchange;
  const choices = answers(request);
  const completionTokens = choices.reduce((sum, choice) => sum + choice.completionTokens, 0);
  const reasoning = choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0);
  const cached = faults.get('cached-tokens')?.value ?? settings.cache?.cachedTokens(request) ?? 0;
  const usage = usageOf(promptTokens(request), completionTokens, reasoning, cached);
  const completion = {
    id: completionId(request),
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    answers: choices,
    usage,
    includeUsage: request.stream_options?.include_usage === true,
  };
  const asStream = request.stream === true ? !faults.has('json-for-stream') : faults.has('stream-for-json');
  if (asStream) {
    await deliverStream(exchange, distortChunks(completionChunks(completion), usage, faults), settings.msPerToken);
  } else {
    const message = distortBody(completionBody(completion), faults);
    await deliverJson(exchange, message, completionTokens, settings.msPerToken);
  }
}
