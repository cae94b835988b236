import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { cleanError, readOpenAiError } from '@parley/llm/dialects/openai-chat/errors';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** What a provider's refusal means to our caller. Credentials, addresses and quotas there are the publisher's, not theirs. */
const BY_STATUS: Readonly<Record<number, RefusalCode>> = {
  401: 'upstream_credentials',
  402: 'upstream_credentials',
  403: 'upstream_credentials',
  404: 'upstream_invalid',
  405: 'upstream_invalid',
  407: 'upstream_credentials',
  408: 'upstream_timeout',
  429: 'upstream_rate_limited',
  504: 'upstream_timeout',
};

const DEFAULT_RETRY_SECONDS = 5;
const MAX_RETRY_SECONDS = 300;

/** Seconds of a provider's `Retry-After` (delay or date) or `retry-after-ms`, kept within reason. */
export function retryAfter(headers: IncomingHttpHeaders, nowMs: number): number {
  const ms = Number(headers['retry-after-ms']);
  const given = headers['retry-after'];
  let seconds = Number.isFinite(ms) && ms > 0 ? ms / 1000 : Number(given);
  if (!Number.isFinite(seconds) && given !== undefined) seconds = (Date.parse(given) - nowMs) / 1000;
  if (!Number.isFinite(seconds) || seconds <= 0) return DEFAULT_RETRY_SECONDS;
  return Math.min(Math.ceil(seconds), MAX_RETRY_SECONDS);
}

/**
 * Turns a provider's answer that is no 2xx into a refusal. A 4xx about the request itself is passed on in words, with
 * nothing of the provider's identity: its key and its name for the model are taken out.
 */
export function providerFailure(
  exchange: Exchange,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
  nowMs: number,
): Refusal {
  const code = BY_STATUS[status];
  if (code === 'upstream_rate_limited') return refusal(code, { retryAfterSeconds: retryAfter(headers, nowMs) });
  if (code !== undefined) return refusal(code);
  if (status >= 500) {
    return headers['retry-after'] === undefined
      ? refusal('upstream_unreachable')
      : refusal('upstream_unreachable', { retryAfterSeconds: retryAfter(headers, nowMs) });
  }
  if (status < 400) return refusal('upstream_invalid');
  const error = readOpenAiError(text, status);
  if (error === null) return refusal('upstream_invalid');
  const { model } = exchange;
  const hidden = (model?.provider?.keys ?? []).map((key) => [key, '[redacted]'] as const);
  const clean = cleanError(error, [...hidden, [model?.providerModel ?? '', model?.slug ?? '']]);
  return refusal('invalid_parameter', {
    status,
    message: clean.message,
    param: clean.param,
    upstreamError: { type: clean.type, code: clean.code },
  });
}
