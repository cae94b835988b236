import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './http-date.ts';

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

/** Fields a 304 carries of the answer it stands for (RFC 9110 §15.4.5). */
const OF_304 = new Set(['cache-control', 'content-location', 'date', 'etag', 'expires', 'last-modified', 'vary']);

/** Validators a caller sent. */
export interface Conditions {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** Whether the caller holds this answer already (RFC 9110 §13.1.2, §13.1.3): entity tags before dates, weak comparison. */
export function isNotModified(conditions: Conditions, headers: IncomingHttpHeaders, nowMs: number): boolean {
  const { ifNoneMatch, ifModifiedSince } = conditions;
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true;
    const { etag } = headers;
    if (etag === undefined) return false;
    return (ifNoneMatch.match(TAG) ?? []).some((tag) => opaque(tag) === opaque(etag));
  }
  if (ifModifiedSince === undefined) return false;
  const sinceMs = parseHttpDate(ifModifiedSince, nowMs);
  const modified = headers['last-modified'] ?? headers.date;
  const modifiedMs = modified === undefined ? null : parseHttpDate(modified, nowMs);
  return sinceMs !== null && modifiedMs !== null && modifiedMs <= sinceMs;
}

/** The headers of a 304 that stands for an answer. */
export function headersOf304(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => OF_304.has(name)));
}

/** Flat validators of a stored answer, to ask the upstream about it. */
export function validatorsOf(headers: IncomingHttpHeaders): string[] {
  const out: string[] = [];
  if (headers.etag !== undefined) out.push('if-none-match', headers.etag);
  if (headers['last-modified'] !== undefined) out.push('if-modified-since', headers['last-modified']);
  return out;
}

/** Whether a 304 speaks of the answer that was asked about (RFC 9111 §4.3.4). */
export function confirmsStored(stored: IncomingHttpHeaders, confirmation: IncomingHttpHeaders): boolean {
  const { etag } = confirmation;
  return etag === undefined || stored.etag === undefined || opaque(etag) === opaque(stored.etag);
}
