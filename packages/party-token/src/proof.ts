import { createPublicKey, hash } from 'node:crypto';
import { z } from 'zod';
import { type Algorithm, decodedPart, readMembers, TokenFault, verifySignature } from './compact.ts';

/** `typ` of proofs of possession (RFC 9449 §4.2). */
const PROOF_TYPE = 'dpop+jwt';
/** Characters of the longest proof. */
const MAX_PROOF_CHARS = 4096;
/** How old a proof may be, and how far ahead of this node's clock, in seconds (PT-12.3). */
export const PROOF_AGE_SECONDS = 60;
export const PROOF_AHEAD_SECONDS = 5;

const point = z.string().regex(/^[\w-]{43}$/);
/** A public key; a private part is refused, what else describes the key is passed over. */
const keySchema = z
  .discriminatedUnion('kty', [
    z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: point, d: z.undefined().optional() }),
    z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: point, y: point, d: z.undefined().optional() }),
  ])
  .transform(({ d: _none, ...key }) => key);
type ProofKey = z.output<typeof keySchema>;

const payloadSchema = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string().min(1).max(20),
  htu: z.string().min(1).max(3000),
  iat: z.number().int().min(0).max(9_999_999_999),
  ath: z.string().max(100),
});

/** What a proof says, its signature being good by the key it brings along. */
export interface Proof extends z.output<typeof payloadSchema> {
  /** Thumbprint of that key (RFC 7638). */
  readonly jkt: string;
}

/** The call a proof is held against. */
export interface ProvedCall {
  /** `cnf.jkt` of the token. */
  readonly jkt: string;
  readonly token: string;
  readonly method: string;
  /** Addresses the call may be known under, without query. */
  readonly urls: readonly string[];
  readonly nowMs: number;
}

/** The thumbprint of a public key (RFC 7638): its required members in order. */
export function thumbprint(key: ProofKey): string {
  const members =
    key.kty === 'OKP' ? { crv: key.crv, kty: key.kty, x: key.x } : { crv: key.crv, kty: key.kty, x: key.x, y: key.y };
  return hash('sha256', JSON.stringify(members), 'base64url');
}

const fault = (reason: string): TokenFault => new TokenFault('proof', reason);

/** Reads a proof and verifies its signature. Never throws. */
export function readProof(text: string): Proof | TokenFault {
  if (text.length > MAX_PROOF_CHARS) return fault('The proof is too long');
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  const bytes = decodedPart(signature);
  const header = readMembers(head);
  const payload = payloadSchema.safeParse(readMembers(body));
  if (more.length > 0 || bytes === null || header === null || !payload.success) return fault('This is not a proof');
  const key = keySchema.safeParse(header['jwk']);
  const plain = header['typ'] === PROOF_TYPE && Object.keys(header).length === 3;
  if (!plain || !key.success || header['alg'] !== algorithmOf(key.data)) {
    return fault('The header is not that of a proof');
  }
  try {
    const publicKey = createPublicKey({ key: { ...key.data }, format: 'jwk' });
    if (!verifySignature({ alg: algorithmOf(key.data), publicKey }, Buffer.from(`${head}.${body}`), bytes)) {
      return fault('The signature of the proof is not good');
    }
  } catch {
    return fault('The key of the proof is none');
  }
  return { ...payload.data, jkt: thumbprint(key.data) };
}

/** What is wrong with a proof for a call (RFC 9449 §4.3), all but whether it was seen before; `null` when nothing. */
export function judgeProof({ jkt, htm, htu, iat, ath }: Proof, call: ProvedCall): TokenFault | null {
  if (jkt !== call.jkt) return fault('The token is bound to another key');
  if (htm !== call.method) return fault('The proof is for another method');
  const url = bareUrl(htu);
  if (url === null || !call.urls.some((one) => bareUrl(one) === url)) return fault('The proof is for another address');
  const age = call.nowMs / 1000 - iat;
  if (age > PROOF_AGE_SECONDS || age < -PROOF_AHEAD_SECONDS) return fault('The proof is not of this moment');
  return ath === hash('sha256', call.token, 'base64url') ? null : fault('The proof is for another token');
}

/** An address without query and fragment, in its normal form (RFC 3986 §6.2); `null` for what is none. */
function bareUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  return url.href;
}

function algorithmOf({ kty }: ProofKey): Algorithm {
  return kty === 'OKP' ? 'EdDSA' : 'ES256';
}
