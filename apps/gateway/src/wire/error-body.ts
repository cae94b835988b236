import { openAiErrorType } from '@parley/llm/dialects/openai-chat/errors';
import type { Exchange } from '../exchange.ts';
import { docUrl, type Refusal } from '../refusals.ts';

/** Codes OpenAI's own API uses for the same thing; its users match on them. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  rate_limited: 'rate_limit_exceeded',
};

export interface ErrorBody {
  readonly contentType: string;
  readonly text: string;
}

/** OpenAI's error object of a refusal. */
export function openAiError(refusal: Refusal): {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
} {
  const { details } = refusal;
  return {
    message: details.upstreamError ? refusal.message : `${refusal.message} ${refusal.nextStep}`,
    type: details.upstreamError?.type ?? openAiErrorType(refusal.status),
    param: details.param ?? null,
    code: details.upstreamError ? details.upstreamError.code : (OPENAI_CODES[refusal.code] ?? refusal.code),
  };
}

/** RFC 9457 problem of a refusal, with the next step and, for bad input, each problem by JSON Pointer. */
export function problem(exchange: Exchange, refusal: Refusal, portalUrl: string): Record<string, unknown> {
  return {
    type: docUrl(refusal.code, portalUrl),
    title: refusal.message,
    status: refusal.status,
    detail: refusal.nextStep,
    code: refusal.code,
    requestId: exchange.id,
    ...(refusal.details.errors ? { errors: refusal.details.errors } : {}),
  };
}

/** The body of a refusal in the caller's dialect. */
export function errorBody(exchange: Exchange, refusal: Refusal, portalUrl: string): ErrorBody {
  if (exchange.openAiDialect) {
    return {
      contentType: 'application/json',
      text: JSON.stringify({
        error: { ...openAiError(refusal), request_id: exchange.id, doc_url: docUrl(refusal.code, portalUrl) },
      }),
    };
  }
  return { contentType: 'application/problem+json', text: JSON.stringify(problem(exchange, refusal, portalUrl)) };
}
