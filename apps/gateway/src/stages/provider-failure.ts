import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { FailureKind, ProviderError } from '@parley/llm/neutral/answer';
import { failureKind } from '@parley/llm/neutral/failure';
import { withoutKeys } from '@parley/llm/providers/without-keys';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** What a provider's failure means to our caller. Credentials, addresses and quotas there are the publisher's, not theirs. */
const BY_KIND: Readonly<Record<FailureKind, RefusalCode>> = {
  invalid_request: 'invalid_parameter',
  context_window: 'invalid_parameter',
  content_policy: 'invalid_parameter',
  too_large: 'invalid_parameter',
  authentication: 'upstream_credentials',
  permission: 'upstream_credentials',
  quota: 'upstream_credentials',
  not_found: 'upstream_invalid',
  rate_limit: 'upstream_rate_limited',
  timeout: 'upstream_timeout',
  overloaded: 'upstream_unreachable',
  server: 'upstream_unreachable',
};

/** Statuses that say more than their kind. */
const BY_STATUS: Readonly<Record<number, RefusalCode>> = { 405: 'upstream_invalid', 407: 'upstream_credentials' };

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

/** Takes the provider's keys and its name for the model out of a text. */
function cleaned(exchange: Exchange, text: string): string {
  const { model } = exchange;
  const clean = withoutKeys(text, model?.provider?.keys ?? []);
  return model === null || model.providerModel === '' ? clean : clean.split(model.providerModel).join(model.slug);
}

/**
 * Turns a provider's answer that is no 2xx into a refusal. What is wrong with the request itself is passed on in words, with
 * nothing of the provider's identity; its type, code and field only to clients of the same protocol, who know them.
 */
export function providerFailure(
  exchange: Exchange,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
  nowMs: number,
): Refusal {
  if (status < 400) return refusal('upstream_invalid');
  const { way } = exchange;
  const error: ProviderError | null = way === null ? null : way.readError(text, status);
  const kind = error?.kind ?? failureKind(status);
  const code = BY_STATUS[status] ?? BY_KIND[kind];
  if (code === 'upstream_rate_limited') return refusal(code, { retryAfterSeconds: retryAfter(headers, nowMs) });
  if (code === 'upstream_unreachable' && headers['retry-after'] !== undefined) {
    return refusal(code, { retryAfterSeconds: retryAfter(headers, nowMs) });
  }
  if (code !== 'invalid_parameter') return refusal(code);
  if (error === null) return refusal('upstream_invalid');
  const same = way?.from === way?.to;
  return refusal(code, {
    status,
    message: cleaned(exchange, error.message),
    param: same ? error.param : null,
    upstreamError: { type: same ? error.type : null, code: same ? error.code : (CODES[kind] ?? null) },
  });
}

/** Codes that clients know for what went wrong, whichever provider said it. */
const CODES: Partial<Readonly<Record<FailureKind, string>>> = {
  context_window: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
};
