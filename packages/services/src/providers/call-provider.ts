import { readBody, sendOutbound } from '../outbound/send.ts';

/** A provider with its key opened, ready to be called from here. */
export interface OpenProvider {
  readonly baseUrl: string;
  readonly secret: string | null;
  readonly allowedPrivate: readonly string[];
}

export function providerHeaders(provider: OpenProvider): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'parley-portal',
    ...(provider.secret === null ? {} : { authorization: `Bearer ${provider.secret}` }),
  };
}

const MAX_BODY_BYTES = 2_000_000;

/** `GET /models`: the status, and the names it lists (none when the body is of another shape). */
export async function listProviderModels(
  provider: OpenProvider,
  signal: AbortSignal,
): Promise<{ status: number; models: string[] | null }> {
  const reply = await sendOutbound({
    url: `${provider.baseUrl}/models`,
    method: 'GET',
    headers: providerHeaders(provider),
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  const text = await readBody(reply, MAX_BODY_BYTES);
  return { status: reply.statusCode ?? 0, models: namesIn(text) };
}

/** The smallest chat a provider can be asked for: one token. Answers with its status. */
export async function tryChat(provider: OpenProvider, model: string, signal: AbortSignal): Promise<number> {
  const reply = await sendOutbound({
    url: `${provider.baseUrl}/chat/completions`,
    method: 'POST',
    headers: { ...providerHeaders(provider), 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say ok.' }], max_tokens: 1 }),
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
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
