import type { IncomingHttpHeaders } from 'node:http';

/** How a call met the cache, for `Cache-Status` (RFC 9211 §2). */
export interface CacheNote {
  readonly hit?: boolean;
  readonly forwarded?: 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale';
  readonly forwardedStatus?: number;
  readonly ttlSeconds?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  readonly detail?: 'stale-if-error' | 'stale-while-revalidate';
}

/** An answer's headers with our member added to those of caches behind us. */
export function withCacheStatus(headers: IncomingHttpHeaders, note: CacheNote): IncomingHttpHeaders {
  let own = 'parley';
  if (note.hit) own += '; hit';
  if (note.forwarded) own += `; fwd=${note.forwarded}`;
  if (note.forwardedStatus !== undefined) own += `; fwd-status=${note.forwardedStatus}`;
  if (note.ttlSeconds !== undefined) own += `; ttl=${note.ttlSeconds}`;
  if (note.stored) own += '; stored';
  if (note.collapsed) own += '; collapsed';
  if (note.detail) own += `; detail=${note.detail}`;
  const before = headers['cache-status'];
  return { ...headers, 'cache-status': before === undefined ? own : `${String(before)}, ${own}` };
}
