import type { IncomingHttpHeaders } from 'node:http';
import { type Refusal, refusal } from '../../refusals.ts';

/** How a gRPC call ended. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
}

const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const UNAUTHENTICATED = 16;

/** Names of the codes and the HTTP status of each (google/rpc/code.proto). */
const CODES: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

/** For answers without a status of gRPC (grpc/doc/http-grpc-status-mapping.md). */
const FROM_HTTP: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** Codes that speak against the target that gave them. */
const FAILURES = new Set([UNKNOWN, DEADLINE_EXCEEDED, 13, 14, 15]);

const MAX_MESSAGE = 500;

export function codeName(code: number): string {
  return CODES[code]?.[0] ?? 'UNKNOWN';
}

export function isFailure({ code }: GrpcStatus): boolean {
  return FAILURES.has(code) || code >= CODES.length;
}

/** The status in the fields of a head or of trailers; `null` without one. */
export function statusIn(fields: IncomingHttpHeaders): GrpcStatus | null {
  const code = fields['grpc-status'];
  if (typeof code !== 'string' || !/^\d{1,3}$/.test(code)) return null;
  return { code: Number(code), message: decoded(fields['grpc-message']) };
}

/** The status that an HTTP answer amounts to which is none of gRPC. */
export function statusOfHttp(status: number): GrpcStatus {
  return { code: FROM_HTTP[status] ?? UNKNOWN, message: `The service answered ${status}.` };
}

/** Percent-encoded, with broken sequences left as they are (PROTOCOL-HTTP2.md). */
function decoded(given: string | string[] | undefined): string {
  const text = typeof given === 'string' ? given : '';
  try {
    return decodeURIComponent(text).slice(0, MAX_MESSAGE);
  } catch {
    return text.slice(0, MAX_MESSAGE);
  }
}

/**
 * What a caller is answered. Of errors about the call it reads what the service says; of others only that it failed. That
 * the service does not know the publisher's credential is not the caller's to mend.
 */
export function refusalOf({ code, message }: GrpcStatus): Refusal {
  if (code === UNAUTHENTICATED) return refusal('upstream_credentials');
  if (code === DEADLINE_EXCEEDED) return refusal('upstream_timeout');
  const status = CODES[code]?.[1] ?? 500;
  if (status >= 499) return refusal('service_fault', { status: status === 499 ? 502 : status });
  return refusal('service_fault', message === '' ? { status } : { status, message });
}
