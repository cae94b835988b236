import { cleanError, readOpenAiError } from '@parley/llm/dialects/openai-chat/errors';
import { ChatStream } from '@parley/llm/dialects/openai-chat/stream';
import type { ChatUsage } from '@parley/llm/dialects/openai-chat/usage';
import type { ChatBody } from '@parley/llm/prompt/render';
import { ForbiddenAddressError, readBody, sendOutbound } from '../outbound/send.ts';
import { type OpenProvider, providerHeaders } from '../providers/call-provider.ts';

/** What a model's streamed answer is made of, in order; `ended` or `broken` comes last and once. */
export type ChatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'ended';
      readonly text: string;
      readonly usage: ChatUsage | null;
      readonly finishReason: string | null;
    }
  | { readonly kind: 'broken'; readonly message: string };

const CUT = 'The provider broke off in the middle of its answer.';

/**
 * Asks a provider for a streamed chat and yields what it says. Never throws for what the provider does: that is the piece
 * `broken`, in words. Ends quietly when the signal says that nobody is listening any more.
 */
export async function* streamChat(
  provider: OpenProvider,
  request: ChatBody,
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  const stream = new ChatStream({ model: String(request.model), stripUsage: false });
  try {
    const reply = await sendOutbound({
      url: `${provider.baseUrl}/chat/completions`,
      method: 'POST',
      headers: { ...providerHeaders(provider), accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify(request),
      allowedPrivate: provider.allowedPrivate,
      signal,
    });
    if (reply.statusCode !== 200) {
      yield { kind: 'broken', message: refusalWords(reply.statusCode ?? 0, await readBody(reply, 100_000), provider) };
      return;
    }
    let sent = 0;
    for await (const bytes of reply as AsyncIterable<Buffer>) {
      stream.feed(bytes);
      const { text } = stream.output();
      if (text.length > sent) yield { kind: 'text', text: text.slice(sent) };
      sent = text.length;
      if (stream.state !== 'open') break;
    }
    reply.destroy();
    if (stream.state === 'open') stream.end();
  } catch (error) {
    yield { kind: 'broken', message: stream.chunks > 0 && !signal.aborted ? CUT : failureWords(error) };
    return;
  }
  if (stream.state !== 'done') {
    yield { kind: 'broken', message: CUT };
    return;
  }
  yield { kind: 'ended', text: stream.output().text, usage: stream.usage, finishReason: stream.finishReason };
}

function refusalWords(status: number, body: string | null, provider: OpenProvider): string {
  const error = readOpenAiError(body ?? '', status);
  const why = error ? cleanError(error, [[provider.secret ?? '', '[key]']]).message.slice(0, 500) : '';
  if (status === 401 || status === 403)
    return 'The provider refuses the key. Test the provider on the page Models & providers.';
  if (status === 429) return 'The provider is limiting this key right now. Try again in a moment.';
  return `The provider refused the request (${status})${why ? `: ${why}` : '.'}`;
}

function failureWords(error: unknown): string {
  if (error instanceof ForbiddenAddressError)
    return 'The provider’s address is private or reserved, so it is not called.';
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'The provider took too long.';
  return 'The provider could not be reached, or broke the connection.';
}
