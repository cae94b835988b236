import { readBasic } from '../wire/basic-credentials.ts';

/** Who asks for a token, by what secret, and for what. */
export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | null;
}

/** An error of RFC 6749 §5.2. */
export interface TokenError {
  readonly error: 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type';
  readonly description: string;
}

const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;

function bad(description: string): TokenError {
  return { error: 'invalid_request', description };
}

function fromForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

/** Client and secret of an `Authorization: Basic` header, form-encoded within (RFC 6749 §2.3.1). */
function readClient(authorization: string): readonly [id: string, secret: string] | null {
  const pair = readBasic(authorization);
  return pair === null ? null : [fromForm(pair[0]), fromForm(pair[1])];
}

/** Reads a request for a token by client credentials (RFC 6749 §4.4.2), its client named once, in header or body. */
export function readTokenRequest(
  contentType: string,
  body: string,
  authorization: string | undefined,
): TokenRequest | TokenError {
  if (!FORM.test(contentType)) return bad('Send the parameters as application/x-www-form-urlencoded');
  const form = new URLSearchParams(body);
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) return bad('A parameter is given twice');
  }
  const grant = form.get('grant_type');
  if (grant === null) return bad('The parameter grant_type is missing');
  if (grant !== 'client_credentials') {
    return { error: 'unsupported_grant_type', description: 'Only client_credentials is supported' };
  }
  const scope = form.get('scope');
  if (authorization !== undefined) {
    const pair = readClient(authorization);
    if (pair === null) return { error: 'invalid_client', description: 'The Authorization header is not Basic' };
    if (form.has('client_secret')) return bad('Give the client secret once: in the header or in the body');
    if (form.has('client_id') && form.get('client_id') !== pair[0]) return bad('The header names another client');
    return { clientId: pair[0], clientSecret: pair[1], scope };
  }
  const clientId = form.get('client_id');
  const clientSecret = form.get('client_secret');
  if (!clientId || !clientSecret) return { error: 'invalid_client', description: 'The client credentials are missing' };
  return { clientId, clientSecret, scope };
}
