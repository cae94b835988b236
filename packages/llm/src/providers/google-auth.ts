import { sign } from 'node:crypto';
import { isObject, numberOf, parseJson, textOf } from '../object.ts';

/** What a service account's key file says that a token is asked for with. */
interface ServiceAccount {
  readonly email: string;
  readonly privateKey: string;
  readonly privateKeyId: string | undefined;
  readonly tokenUri: string;
}

/** A question to a token endpoint: sent as `POST` with this form. */
export interface TokenQuestion {
  readonly url: string;
  readonly form: string;
}

/** An access token, and how long it is good for from now. */
export interface AccessToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

export const GOOGLE_TOKEN_URI = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The longest that Google takes. */
const ASSERTION_SECONDS = 3600;
/** Of a token whose answer does not say; Google's always does. */
const UNSAID_LIFETIME_SECONDS = 300;
const LONGEST_LIFETIME_SECONDS = 43_200;
/** What fits into a header, and holds nothing that would end it. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

function accountOf(key: string): ServiceAccount | null {
  const given = parseJson(key);
  if (!isObject(given)) return null;
  const email = textOf(given.client_email);
  const privateKey = textOf(given.private_key);
  if (email === undefined || privateKey === undefined) return null;
  const tokenUri = textOf(given.token_uri) ?? GOOGLE_TOKEN_URI;
  return { email, privateKey, privateKeyId: textOf(given.private_key_id), tokenUri };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(text: string, privateKey: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Asynchronous: it costs a millisecond or more, on a thread of the pool.
  sign('RSA-SHA256', Buffer.from(text), privateKey, (error, signature) => (error ? reject(error) : resolve(signature)));
  return promise;
}

/**
 * What to ask Google for an access token for a service account: an assertion signed by its key (RFC 7523, RS256), good for an
 * hour and for the address it is sent to alone. `key`: the account's JSON file. Rejects when that is none, or its private key
 * cannot be read.
 */
export async function tokenQuestion(key: string, nowMs: number): Promise<TokenQuestion> {
  const account = accountOf(key);
  if (account === null) throw new Error('the key is no service account');
  const { email, privateKey, privateKeyId, tokenUri } = account;
  const issuedAt = Math.floor(nowMs / 1000);
  const head = { alg: 'RS256', typ: 'JWT', ...(privateKeyId ? { kid: privateKeyId } : {}) };
  const claims = { iss: email, scope: SCOPE, aud: tokenUri, iat: issuedAt, exp: issuedAt + ASSERTION_SECONDS };
  const text = `${part(head)}.${part(claims)}`;
  const signature = await signed(text, privateKey);
  const form = new URLSearchParams({ grant_type: GRANT, assertion: `${text}.${signature.toString('base64url')}` });
  return { url: tokenUri, form: form.toString() };
}

/** The token of a good answer's body (RFC 6749, 5.1); `null` where there is none that can be sent. */
export function readToken(body: string): AccessToken | null {
  const answer = parseJson(body);
  if (!isObject(answer)) return null;
  const token = textOf(answer.access_token);
  if (token === undefined || !TOKEN.test(token)) return null;
  const seconds = numberOf(answer.expires_in) ?? UNSAID_LIFETIME_SECONDS;
  if (seconds <= 0) return null;
  return { token, lifetimeMs: Math.min(seconds, LONGEST_LIFETIME_SECONDS) * 1000 };
}
