import { answers, seedOf, thinkingPieces } from '../../core/answer.ts';
import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { Settings } from '../../format.ts';
import { chatBody, chatStream, type Said } from './answer.ts';
import { parseChatRequest } from './chat-request.ts';
import { CohereError } from './cohere-error.ts';
import { conversationOf } from './conversation.ts';

const CONTEXT_TOKENS = 256_000;

/** A UUID that is a function of a fingerprint. */
export const uuidOf = (hex: string): string =>
  hex.replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12}).*$/, '$1-$2-4$3-$4-$5').slice(0, 36);

/** `POST /v2/chat`. Throws CohereError for a request Cohere would refuse. */
export async function chat(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const request = parseChatRequest(body);
  const conversation = conversationOf(request);
  const { faults } = exchange;
  const tokens = promptTokens(conversation);
  if (tokens > CONTEXT_TOKENS) {
    throw new CohereError(
      400,
      `too many tokens: the total number of tokens cannot exceed ${CONTEXT_TOKENS} - received ${tokens}. Try using a shorter prompt.`,
    );
  }
  const [first] = answers(conversation);
  if (!first) throw new Error('one answer was asked for');
  const answer = asAllowed(first, faults);
  const cached = faults.get('cached-tokens')?.value ?? settings.promptCache?.cachedTokens(conversation) ?? 0;
  const said: Said = {
    id: uuidOf(seedOf(conversation)),
    answer,
    thinking: thinkingPieces(conversation, answer),
    promptTokens: tokens,
    cachedTokens: Math.min(cached, tokens),
    emptyArguments: faults.has('tool-arguments-empty'),
    withoutUsage: faults.has('usage-missing'),
    unknownEvents: faults.has('unknown-event'),
  };
  if (streams(exchange, request.stream === true)) {
    await deliverStream(exchange, chatStream(said), settings.msPerToken);
  } else {
    await deliverJson(exchange, chatBody(said), answer.completionTokens, settings.msPerToken);
  }
}
