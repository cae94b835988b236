import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { FailureKind, ProviderError } from '@parley/llm/neutral/answer';
import { failureKind } from '@parley/llm/neutral/failure';
import { withoutKeys } from '@parley/llm/providers/without-keys';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import { type RefusalDetails, refusal } from '../refusals.ts';

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
export function cleaned(exchange: Exchange, text: string): string {
  const { model } = exchange;
  const clean = withoutKeys(
    text,
    (model?.provider?.keys ?? []).map(({ secret }) => secret),
  );
  return model === null || model.providerModel === '' ? clean : clean.split(model.providerModel).join(model.slug);
}

/** A try that ended before anything was told, as what it means to the caller. */
function failure(kind: TryFailure['kind'], code: RefusalCode, details?: RefusalDetails): TryFailure {
  const seconds = details?.retryAfterSeconds ?? 0;
  return { kind, refusal: refusal(code, details), retryAfterMs: seconds * 1000 };
}

/** The answer is none of the provider's protocol. */
export const nonsenseFailure = (): TryFailure => failure('nonsense', 'upstream_invalid');

/** The answer broke off. */
export const cutFailure = (): TryFailure => failure('cut', 'upstream_cut');

/** The provider was not reached, or did not answer in time. */
export function unreachedFailure(code: RefusalCode): TryFailure {
  return failure(code === 'upstream_timeout' ? 'timeout' : 'server', code);
}

/** An error that a provider told within an answer that began as a success. */
export function toldFailure(exchange: Exchange, error: ProviderError | null): TryFailure {
  if (error === null) return nonsenseFailure();
  const code = BY_KIND[error.kind];
  if (code !== 'invalid_parameter') return { ...nonsenseFailure(), kind: error.kind };
  return told(exchange, error);
}

/**
 * Turns a provider's answer that is no 2xx into a failure. What is wrong with the request itself is passed on in words, with
 * nothing of the provider's identity; its type, code and field only to clients of the same protocol, who know them.
 */
export function providerFailure(
  exchange: Exchange,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
  nowMs: number,
): TryFailure {
  if (status < 400) return nonsenseFailure();
  const error = (exchange.way ?? exchange.operationWay)?.readError(text, status) ?? null;
  const kind = error?.kind ?? failureKind(status);
  const code = BY_STATUS[status] ?? BY_KIND[kind];
  const asked = headers['retry-after'] !== undefined || headers['retry-after-ms'] !== undefined;
  if (code === 'upstream_rate_limited' || (code === 'upstream_unreachable' && asked)) {
    return failure(kind, code, { retryAfterSeconds: retryAfter(headers, nowMs) });
  }
  if (code !== 'invalid_parameter') return failure(kind, code);
  return error === null ? nonsenseFailure() : told(exchange, error);
}

function told(exchange: Exchange, error: ProviderError): TryFailure {
  const { way, operationWay } = exchange;
  const same = operationWay === null ? way?.from === way?.to : operationWay.same;
  return failure(error.kind, 'invalid_parameter', {
    status: error.status === 502 ? 400 : error.status,
    message: cleaned(exchange, error.message),
    param: same ? error.param : null,
    upstreamError: { type: same ? error.type : null, code: same ? error.code : (CODES[error.kind] ?? null) },
  });
}

/** Codes that clients know for what went wrong, whichever provider said it. */
const CODES: Partial<Readonly<Record<FailureKind, string>>> = {
  context_window: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
};
