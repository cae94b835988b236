import type { ClientError } from '@parley/llm/codec';
import { operationError } from '@parley/llm/operations/table';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import { docUrl, type Refusal } from '../refusals.ts';

export interface ErrorBody {
  readonly contentType: string;
  readonly text: string;
}

/** A refusal as a client of any model protocol is told it. */
export function clientError(exchange: Exchange, refusal: Refusal, portalUrl: string): ClientError {
  const { upstreamError, param, retryAfterSeconds, limit } = refusal.details;
  return {
    status: refusal.status,
    message: upstreamError ? refusal.message : `${refusal.message} ${refusal.nextStep}`,
    code: upstreamError ? upstreamError.code : refusal.code,
    param: param ?? null,
    type: upstreamError?.type ?? null,
    requestId: exchange.id,
    docUrl: docUrl(refusal.code, portalUrl),
    retryAfterSeconds: retryAfterSeconds ?? null,
    ...(limit === undefined ? {} : { more: limit }),
  };
}

/** RFC 9457 problem of a refusal, with the next step, how a limit stands, and, for bad input, each problem by JSON Pointer. */
export function problem(exchange: Exchange, refusal: Refusal, portalUrl: string): Record<string, unknown> {
  return {
    type: docUrl(refusal.code, portalUrl),
    title: refusal.message,
    status: refusal.status,
    detail: refusal.nextStep,
    code: refusal.code,
    requestId: exchange.id,
    ...refusal.details.limit,
    ...(refusal.details.errors ? { errors: refusal.details.errors } : {}),
  };
}

/** The body of a refusal in the caller's dialect. */
export function errorBody(exchange: Exchange, refusal: Refusal, portalUrl: string): ErrorBody {
  const { dialect, modelPath } = exchange;
  const beside = dialect === null ? null : (modelPath?.beside ?? null);
  if (beside !== null) {
    const told = clientError(exchange, refusal, portalUrl);
    return { contentType: 'application/json', text: operationError(beside.dialect, told) };
  }
  const client = dialect === null ? null : (codecOf(dialect)?.client ?? codecOf('openai_chat')?.client ?? null);
  if (client !== null) {
    return { contentType: 'application/json', text: client.errorBody(clientError(exchange, refusal, portalUrl)) };
  }
  return { contentType: 'application/problem+json', text: JSON.stringify(problem(exchange, refusal, portalUrl)) };
}
