import { type KeyObject, sign, verify } from 'node:crypto';
import { hasDuplicateMembers } from '@parley/kernel/duplicate-members';
import { claimsSchema, type PartyClaims } from './claims.ts';

/** Algorithms tokens are signed with (PT-2.2). */
export const ALGORITHMS = ['EdDSA', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** `typ` of party tokens, and of nothing else (PT-9.1). */
export const TOKEN_TYPE = 'party+jwt';
/** Characters of the longest token (PT-2.1). */
export const MAX_TOKEN_CHARS = 8192;
/** Both algorithms sign in 64 bytes. */
const SIGNATURE_CHARS = 86;
const KID = /^[\w-]{1,64}$/;

/** The public half of an issuer's key, for one algorithm only (PT-2.3). */
export interface VerifyingKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly publicKey: KeyObject;
}

/** A whole key of an issuer. */
export interface SigningKey extends VerifyingKey {
  readonly privateKey: KeyObject;
}

/** Why a text is no good party token. */
export class TokenFault {
  readonly code: 'form' | 'header' | 'key' | 'signature' | 'claims' | 'expired' | 'early' | 'proof';
  /** Plain ASCII without quotes, for `WWW-Authenticate`. */
  readonly reason: string;

  constructor(code: TokenFault['code'], reason: string) {
    this.code = code;
    this.reason = reason;
  }
}

/** Signs claims as a compact JWS (section 2). The claims must have passed `claimsSchema`. `null` when that gets too long (PT-2.1). */
export function signToken(claims: PartyClaims, { alg, kid, privateKey }: SigningKey): string | null {
  const text = `${part({ alg, typ: TOKEN_TYPE, kid })}.${part(claims)}`;
  if (text.length + 1 + SIGNATURE_CHARS > MAX_TOKEN_CHARS) return null;
  return `${text}.${rawSign(alg, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** Whether a text says of itself that it is a party token; nothing of that is checked. */
export function looksLikePartyToken(text: string): boolean {
  const dot = text.indexOf('.');
  if (!text.startsWith('eyJ') || dot === -1 || dot > 400) return false;
  return readMembers(text.slice(0, dot))?.['typ'] === TOKEN_TYPE;
}

/**
 * Reads and verifies a token: form, header, key, signature, claims, in this order (PT-6.2). `keyOf` finds the key by
 * issuer and `kid`. Times are not looked at: see `judgeTimes`. Never throws.
 */
export function verifyToken(
  token: string,
  keyOf: (issuer: string, kid: string) => VerifyingKey | null,
): PartyClaims | TokenFault {
  if (token.length > MAX_TOKEN_CHARS) return new TokenFault('form', 'The token is too long');
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const bytes = decodedPart(signature);
  const header = readMembers(head);
  const payload = readMembers(body);
  if (more.length > 0 || bytes === null || header === null || payload === null) {
    return new TokenFault('form', 'This is not a party token');
  }
  const named = readHeader(header);
  if (named === null) return new TokenFault('header', 'The header is not that of a party token');
  const issuer = payload['iss'];
  const key = typeof issuer === 'string' ? keyOf(issuer, named.kid) : null;
  if (key === null) return new TokenFault('key', 'The token is signed with a key that is not known');
  if (key.alg !== named.alg) return new TokenFault('header', 'The header is not that of a party token');
  if (!verifySignature(key, Buffer.from(`${head}.${body}`), bytes)) {
    return new TokenFault('signature', 'The signature is not good');
  }
  const claims = claimsSchema.safeParse(payload);
  return claims.success ? claims.data : new TokenFault('claims', 'The claims are not those of a party token');
}

/** What the clock says of a token (PT-6.2); `null` when it is good now. */
export function judgeTimes({ nbf, exp }: Pick<PartyClaims, 'nbf' | 'exp'>, nowMs: number): TokenFault | null {
  if (exp * 1000 <= nowMs) return new TokenFault('expired', 'The token has expired');
  return nbf !== undefined && nbf * 1000 > nowMs ? new TokenFault('early', 'The token is not good yet') : null;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Bytes of a part in its one canonical form; `null` for any other spelling (PT-2.1). */
export function decodedPart(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** A part as an object; `null` for what is not one, or names a member twice (PT-2.4). */
export function readMembers(text: string): Record<string, unknown> | null {
  const json = decodedPart(text)?.toString();
  if (json === undefined) return null;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return hasDuplicateMembers(json) ? null : (value as Record<string, unknown>);
  } catch {
    return null;
  }
}

/** Exactly `alg`, `typ` and `kid` (PT-2.2). */
function readHeader(header: Record<string, unknown>): { readonly alg: Algorithm; readonly kid: string } | null {
  const { alg, typ, kid } = header;
  const known = ALGORITHMS.find((one) => one === alg);
  if (known === undefined || typ !== TOKEN_TYPE || typeof kid !== 'string' || !KID.test(kid)) return null;
  return Object.keys(header).length === 3 ? { alg: known, kid } : null;
}

function rawSign(alg: Algorithm, data: Buffer, key: KeyObject): Buffer {
  return alg === 'EdDSA' ? sign(null, data, key) : sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
}

/** Whether 64 bytes are the signature of data. Throws for a key that is none of the algorithm's. */
export function verifySignature(
  { alg, publicKey: key }: Pick<VerifyingKey, 'alg' | 'publicKey'>,
  data: Buffer,
  signature: Buffer,
): boolean {
  if (signature.length !== 64) return false;
  return alg === 'EdDSA'
    ? verify(null, data, key, signature)
    : verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
