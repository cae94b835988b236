import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from '../refusals.ts';
import { H2Request } from './http2/h2-request.ts';

/** Methods that can have a route; told in the `Allow` header of what is answered at the door. */
export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const SLASH = 47;
/** `uri-host [":" port]` of RFC 3986 §3.2.2, without user information; empty is allowed (RFC 9112 §3.2). */
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+,;=%-]{0,255})(?::\d{0,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]{1,300})(.*)$/i;

let lastGoodHost = '';

/** Whether a `Host` value is a host and an optional port (RFC 9110 §7.2). */
export function isHost(value: string): boolean {
  if (value === lastGoodHost) return true;
  if (!AUTHORITY.test(value)) return false;
  lastGoodHost = value;
  return true;
}

/**
 * Reads the request target (RFC 9112 §3.2). An absolute form becomes the origin form, its authority taking the place of
 * the `Host` header, as §3.2.2 demands of a proxy. Answers with a refusal for what names nothing here.
 */
export function readTarget(request: IncomingMessage): Refusal | null {
  if (request.httpVersionMajor !== 1 && !(request instanceof H2Request)) {
    return refusal('malformed_request', { status: 505, message: 'This version of HTTP is not spoken here.' });
  }
  if (request.method === 'TRACE') return refusal('method_not_allowed', { allow: ALLOWED_METHODS });
  const target = request.url ?? '';
  if (target.includes('#')) return refusal('malformed_request', { message: 'A request target has no fragment.' });
  return target.charCodeAt(0) === SLASH ? null : fromAbsolute(request, target);
}

function fromAbsolute(request: IncomingMessage, target: string): Refusal | null {
  const [, authority = '', rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (authority === '' || !isHost(authority)) {
    return refusal('malformed_request', { message: 'The request target is neither a path nor an http URL.' });
  }
  request.url = rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === 'host' && isHost(rawHeaders[i + 1] ?? '')) rawHeaders[i + 1] = authority;
  }
  return null;
}
