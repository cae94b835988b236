import type { Target } from '../codec.ts';
import type { CallIssue, Loss } from '../neutral/call.ts';
import { keyHeaders } from '../providers/formats.ts';
import type { ProviderAccess } from '../providers/request.ts';
import type { AnswerForm, OperationCall, OperationWay } from './operation.ts';
import { operationWay } from './ways.ts';

/** A request to a provider beside chat, but for its origin. */
export interface OperationModelRequest {
  readonly way: OperationWay;
  /** Path and query, under the provider's base URL. */
  readonly path: string;
  /** Flat names and values, in lower case. */
  readonly headers: string[];
  readonly body: string | Buffer;
  readonly losses: readonly Loss[];
}

const ACCEPTED: Readonly<Record<AnswerForm, string>> = {
  json: 'application/json',
  bytes: '*/*',
  events: 'text/event-stream',
};

/**
 * Makes the request that asks a provider of a format what a client asked beside chat, with its key. `null` where the format
 * has no such operation; an issue where the client's request cannot be read.
 */
export function operationRequest(
  formatName: string,
  { format, key, settings }: ProviderAccess,
  call: OperationCall,
  target: Target,
): OperationModelRequest | CallIssue | null {
  const way = operationWay(call.operation, call.dialect, formatName);
  if (way === null) return null;
  const written = way.body(call, target);
  if ('malformed' in written) return written;
  const headers = [
    ...(key === null ? [] : keyHeaders(format.auth, key)),
    ...format.headers,
    'content-type',
    written.contentType,
    'accept',
    ACCEPTED[way.form(call)],
  ];
  return { way, path: way.path(call, target, settings), headers, body: written.body, losses: written.losses };
}
