import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { Party, PartyClaims } from './claims.ts';
import { type Algorithm, decodedPart, readMembers, TokenFault, verifySignature } from './compact.ts';

/** What a signature of a party says (PT-8.2), by its `typ`. */
const SAYS = { 'party-attestation+jws': 'signed', 'party-withdrawal+jws': 'withdrawn' } as const;
export type Saying = (typeof SAYS)[keyof typeof SAYS];

/** What a party has signed. */
export interface Attestation {
  readonly party: string;
  readonly says: Saying;
}

const part = z.string().min(1).max(1000);
/** JWS in general JSON serialisation (RFC 7515 §7.2.1); everything that is not protected is refused. */
const generalSchema = z.strictObject({
  payload: z.string().min(1).max(11_000),
  signatures: z
    .array(z.strictObject({ protected: part, signature: part }))
    .min(1)
    .max(16),
});
export type GeneralJws = z.output<typeof generalSchema>;

/** Reads a JWS whose payload is the text of a token (PT-8.2); `null` for anything else. */
export function readGeneralJws(value: unknown): { readonly jws: GeneralJws; readonly token: string } | null {
  const jws = generalSchema.safeParse(value);
  const token = jws.success ? decodedPart(jws.data.payload) : null;
  return token === null || !jws.success ? null : { jws: jws.data, token: token.toString() };
}

/** Verifies all signatures of a JWS over a token, each by the key its party has in it (PT-8.3): all of them count, or none. Never throws. */
export function verifyAttestations(
  { payload, signatures }: GeneralJws,
  claims: PartyClaims,
): Attestation[] | TokenFault {
  const made: Attestation[] = [];
  for (const one of signatures) {
    const found = verifyOne(one, payload, claims);
    if (found === null) return new TokenFault('signature', 'A signature is not that of a party that may sign');
    if (made.some(({ party }) => party === found.party)) return new TokenFault('form', 'A party has signed twice');
    made.push(found);
  }
  return made;
}

function verifyOne(of: GeneralJws['signatures'][number], payload: string, claims: PartyClaims): Attestation | null {
  const header = readMembers(of.protected);
  const signature = decodedPart(of.signature);
  if (header === null || signature === null || Object.keys(header).length !== 3) return null;
  const { alg, typ, kid } = header;
  if (typeof kid !== 'string' || typeof typ !== 'string' || !Object.hasOwn(SAYS, typ)) return null;
  const jwk = claims.attest?.of.includes(kid) ? claims.parties.find(({ id }) => id === kid)?.jwk : undefined;
  if (jwk === undefined || alg !== algorithmOf(jwk)) return null;
  try {
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const data = Buffer.from(`${of.protected}.${payload}`);
    const good = verifySignature({ alg: algorithmOf(jwk), publicKey }, data, signature);
    return good ? { party: kid, says: SAYS[typ as keyof typeof SAYS] } : null;
  } catch {
    // Not a point of its curve.
    return null;
  }
}

function algorithmOf({ kty }: NonNullable<Party['jwk']>): Algorithm {
  return kty === 'OKP' ? 'EdDSA' : 'ES256';
}
