import { createHash } from 'node:crypto';
import { readToken, type TokenQuestion, tokenQuestion } from '@parley/llm/providers/google-auth';
import { readBody, sendOutbound } from '../outbound/send.ts';

/** The key got no access token, in words for the person who added it. */
export class NoAccessTokenError extends Error {
  constructor(status: number | null) {
    super(
      status === null
        ? 'No access token could be got for the service account: its token address gave no answer to use.'
        : `Google gives no access token for this service account (${status}). Is its key still valid, and the account active?`,
    );
    this.name = 'NoAccessTokenError';
  }
}

const TIMEOUT_MS = 5000;
const MAX_BODY_BYTES = 64_000;
/** Renewed this long before its end, so that a call may still take a while to arrive. */
const MARGIN_MS = 60_000;
const MAX_HELD = 500;

interface Held {
  readonly token: Promise<string>;
  goodUntilMs: number;
}

/** By digest of the key. A process of the portal tries few keys, each often while somebody works on a prompt. */
const held = new Map<string, Held>();

/**
 * An access token for a service account's key, kept while it is good; one question for all who ask at the same time.
 * Rejects with `NoAccessTokenError`, or with what `sendOutbound` rejects with.
 */
export function accessToken(secret: string, allowedPrivate: readonly string[]): Promise<string> {
  const name = createHash('sha256').update(secret).digest('base64url');
  const known = held.get(name);
  if (known && Date.now() < known.goodUntilMs) return known.token;
  const [oldest] = held.keys();
  if (held.size >= MAX_HELD && oldest !== undefined) held.delete(oldest);
  // Until it has come nothing is known of its end: whoever asks meanwhile waits for the same.
  const entry: Held = { token: ask(), goodUntilMs: Number.POSITIVE_INFINITY };
  held.set(name, entry);
  return entry.token;

  async function ask(): Promise<string> {
    try {
      const { token, lifetimeMs } = await tokenFor(secret, allowedPrivate);
      entry.goodUntilMs = Date.now() + lifetimeMs - MARGIN_MS;
      return token;
    } catch (error) {
      held.delete(name);
      throw error;
    }
  }
}

async function questionOf(secret: string): Promise<TokenQuestion> {
  try {
    return await tokenQuestion(secret, Date.now());
  } catch {
    throw new NoAccessTokenError(null);
  }
}

async function tokenFor(secret: string, allowedPrivate: readonly string[]) {
  const { url, form } = await questionOf(secret);
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const reply = await sendOutbound({ url, method: 'POST', headers, body: form, allowedPrivate, signal });
  const body = await readBody(reply, MAX_BODY_BYTES);
  const got = reply.statusCode === 200 ? readToken(body ?? '') : null;
  if (got === null) throw new NoAccessTokenError(reply.statusCode === 200 ? null : (reply.statusCode ?? null));
  return got;
}
