import type { Usage } from '@parley/llm/neutral/usage';
import type { ChatBody } from '@parley/llm/prompt/render';
import { withoutKeys } from '@parley/llm/providers/without-keys';
import { TextStream } from '@parley/llm/text-stream';
import { codecOf, type Way } from '@parley/llm/ways';
import { ForbiddenAddressError, readBody } from '../outbound/send.ts';
import { NoAccessTokenError } from '../providers/access-token.ts';
import { askChat, canBeAsked, type OpenProvider } from '../providers/call-provider.ts';

/** What a model's streamed answer is made of, in order; `ended` or `broken` comes last and once. */
export type ChatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'ended';
      readonly text: string;
      readonly usage: Usage | null;
      readonly finishReason: string | null;
    }
  | { readonly kind: 'broken'; readonly message: string };

const CUT = 'The provider broke off in the middle of its answer.';
const OTHER_FORMAT = 'This model’s provider speaks a format that drafts cannot be tried in yet.';

/**
 * Asks a provider for a streamed chat and yields what it says. Never throws for what the provider does: that is the piece
 * `broken`, in words. Ends quietly when the signal says that nobody is listening any more.
 */
export async function* streamChat(
  provider: OpenProvider,
  request: ChatBody,
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  if (!canBeAsked(provider.format)) {
    yield { kind: 'broken', message: OTHER_FORMAT };
    return;
  }
  let begun = false;
  let text = '';
  let stream: TextStream;
  try {
    const { way, reply } = await askChat(provider, { ...request, stream: true }, signal);
    if (reply.statusCode !== 200) {
      yield {
        kind: 'broken',
        message: refusalWords(way, reply.statusCode ?? 0, await readBody(reply, 100_000), provider),
      };
      return;
    }
    const from = codecOf(way.to)?.provider ?? null;
    if (from === null) throw new Error('nobody here reads this provider');
    stream = new TextStream(from, { model: String(request.model), maxOutputTokens: null, quirks: {} });
    for await (const bytes of reply as AsyncIterable<Buffer>) {
      begun = true;
      const piece = stream.feed(bytes);
      text += piece;
      if (piece !== '') yield { kind: 'text', text: piece };
      if (stream.state !== 'open') break;
    }
    reply.destroy();
    if (stream.state === 'open') text += stream.end();
  } catch (error) {
    yield { kind: 'broken', message: begun && !signal.aborted ? CUT : failureWords(error) };
    return;
  }
  if (stream.state !== 'done') {
    yield { kind: 'broken', message: CUT };
    return;
  }
  yield { kind: 'ended', text, usage: stream.usage, finishReason: stream.finishReason };
}

function refusalWords(way: Way, status: number, body: string | null, provider: OpenProvider): string {
  const error = way.readError(body ?? '', status);
  const why = error ? withoutKeys(error.message, [provider.secret ?? '']).slice(0, 500) : '';
  if (status === 401 || status === 403)
    return 'The provider refuses the key. Test the provider on the page Models & providers.';
  if (status === 429) return 'The provider is limiting this key right now. Try again in a moment.';
  return `The provider refused the request (${status})${why ? `: ${why}` : '.'}`;
}

function failureWords(error: unknown): string {
  if (error instanceof NoAccessTokenError) return error.message;
  if (error instanceof ForbiddenAddressError)
    return 'The provider’s address is private or reserved, so it is not called.';
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'The provider took too long.';
  return 'The provider could not be reached, or broke the connection.';
}
