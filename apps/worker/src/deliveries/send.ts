import { performance } from 'node:perf_hooks';
import { retryAfterMs } from '@parley/domain/deliveries/next-try';
import { webhookSignature } from '@parley/kernel/standard-webhooks';
import { ForbiddenAddressError, sendOutbound } from '@parley/services/outbound/send';
import { storableText } from '../dead-letters.ts';
import type { Loaded } from './load.ts';

/** How one try ended. */
export interface Outcome {
  /** `null` without an answer. */
  readonly status: number | null;
  /** Why there was no answer, in a sentence. */
  readonly error: string | null;
  /** Beginning of the answer. */
  readonly excerpt: string | null;
  readonly retryAfterMs: number | null;
  readonly durationMs: number;
}

const EXCERPT_BYTES = 2048;
/** What was answered counts from its status on; its body is looked at for no longer than this. */
const EXCERPT_MS = 2000;

/** Sends an event to its destination, signed for this moment. Never rejects for what a destination does. */
export async function sendDelivery(loaded: Loaded, allowedPrivate: readonly string[], nowMs: number): Promise<Outcome> {
  const started = performance.now();
  const { eventId, body, keys, rules } = loaded;
  const timestamp = Math.floor(nowMs / 1000);
  const signal = AbortSignal.timeout(rules.timeoutSeconds * 1000);
  const spent = (): number => Math.round(performance.now() - started);
  try {
    const answer = await sendOutbound({
      url: loaded.url,
      path: loaded.path,
      method: loaded.method,
      headers: {
        ...Object.fromEntries(loaded.headers),
        'user-agent': 'Parley-Webhooks/1',
        'webhook-id': eventId,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': webhookSignature(keys, { id: eventId, timestamp, body }),
        'content-length': String(body.length),
      },
      body,
      allowedPrivate,
      signal,
    });
    const durationMs = spent();
    const retryAfter = retryAfterMs(answer.headers['retry-after'], nowMs);
    const excerpt = await excerptOf(answer);
    return { status: answer.statusCode ?? null, error: null, excerpt, retryAfterMs: retryAfter, durationMs };
  } catch (error) {
    const why = signal.aborted ? `No answer within ${rules.timeoutSeconds} s.` : inWords(error);
    return { status: null, error: why, excerpt: null, retryAfterMs: null, durationMs: spent() };
  }
}

/** The beginning of an answer as text; what does not come in time or breaks off is left out. */
async function excerptOf(answer: Awaited<ReturnType<typeof sendOutbound>>): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => answer.destroy(), EXCERPT_MS);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= EXCERPT_BYTES) break;
    }
  } catch {
    // Too late, or broken off: what has come until then is shown.
  } finally {
    clearTimeout(late);
    answer.destroy();
  }
  if (size === 0) return null;
  return storableText(Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8'));
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was broken off.',
  EPIPE: 'The connection was broken off.',
  ENOTFOUND: 'The name of the destination does not resolve.',
  EAI_AGAIN: 'The name of the destination cannot be resolved at the moment.',
  ETIMEDOUT: 'The destination could not be reached in time.',
  EHOSTUNREACH: 'There is no way to the destination.',
  ENETUNREACH: 'There is no way to the destination.',
};

function inWords(error: unknown): string {
  if (error instanceof ForbiddenAddressError) return 'The address is private or reserved, so it is not called.';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (WORDS[code] !== undefined) return WORDS[code];
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(code)) {
    return `The connection is not secure (${code}).`;
  }
  return code === '' ? 'The request could not be sent.' : `The request could not be sent (${code}).`;
}
