import type { IncomingMessage } from 'node:http';
import type { ChatBody } from '@parley/llm/prompt/render';
import { formatOf, keyHeaders } from '@parley/llm/providers/formats';
import { modelRequest } from '@parley/llm/providers/request';
import type { Way } from '@parley/llm/ways';
import { readBody, sendOutbound } from '../outbound/send.ts';

/** A provider with its key opened, ready to be called from here. */
export interface OpenProvider {
  readonly kind: string;
  readonly baseUrl: string;
  readonly secret: string | null;
  readonly allowedPrivate: readonly string[];
}

function asObject(headers: readonly string[]): Record<string, string> {
  const object: Record<string, string> = { 'user-agent': 'parley-portal' };
  for (let i = 0; i < headers.length; i += 2) object[headers[i] as string] = headers[i + 1] as string;
  return object;
}

const MAX_BODY_BYTES = 2_000_000;

function listHeaders({ kind, secret }: OpenProvider): readonly string[] {
  const format = formatOf(kind);
  if (format === null) return [];
  return [...format.headers, ...(secret === null ? [] : keyHeaders(format.auth, secret))];
}

/** `GET /models`: the status, and the names it lists (none when the body is of another shape). */
export async function listProviderModels(
  provider: OpenProvider,
  signal: AbortSignal,
): Promise<{ status: number; models: string[] | null }> {
  const reply = await sendOutbound({
    url: `${provider.baseUrl}/models`,
    method: 'GET',
    headers: asObject(['accept', 'application/json', ...listHeaders(provider)]),
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  const text = await readBody(reply, MAX_BODY_BYTES);
  return { status: reply.statusCode ?? 0, models: namesIn(text) };
}

/** A chat that a provider was asked, and how its answer is read. */
export interface AskedChat {
  readonly way: Way;
  readonly reply: IncomingMessage;
}

/**
 * Asks a provider, in its own protocol, what a chat completion request asks. Throws what `sendOutbound` throws, and `Error` for
 * a provider or a request that no request can be made of.
 */
export async function askChat(provider: OpenProvider, body: ChatBody, signal: AbortSignal): Promise<AskedChat> {
  const format = formatOf(provider.kind);
  const model = String(body.model);
  const call = {
    protocol: 'openai_chat',
    text: JSON.stringify(body),
    body,
    model,
    stream: body.stream === true,
    wantsUsage: true,
  } as const;
  const access = format && { format, key: provider.secret, settings: {} };
  const request = access && modelRequest(access, call, { model, maxOutputTokens: null, quirks: {} }, []);
  if (request === null || 'malformed' in request) throw new Error('no request can be made for this provider');
  const reply = await sendOutbound({
    url: `${provider.baseUrl.replace(/\/+$/, '')}${request.path}`,
    method: 'POST',
    headers: asObject(request.headers),
    body: request.body,
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  return { way: request.way, reply };
}

/** The smallest chat a provider can be asked for. Answers with its status. */
export async function tryChat(provider: OpenProvider, model: string, signal: AbortSignal): Promise<number> {
  const messages = [{ role: 'user', content: 'Say ok.' }];
  const { reply } = await askChat(provider, { model, messages, max_tokens: 1 }, signal);
  await readBody(reply, MAX_BODY_BYTES);
  return reply.statusCode ?? 0;
}

function namesIn(text: string | null): string[] | null {
  if (text === null) return null;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return null;
    return body.data.flatMap((entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
        ? [entry.id.slice(0, 200)]
        : [],
    );
  } catch {
    return null;
  }
}
