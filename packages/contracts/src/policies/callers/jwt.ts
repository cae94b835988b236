import { z } from 'zod';
import { issuerUrlSchema } from './issuer-url.ts';

/** Signatures with a public key only: a shared secret in a policy could be read by whoever reads the policy. */
export const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

const claimName = z.string().min(1).max(200);

/** A public key as JWK (RFC 7517); what could be a private or a shared key is refused. */
const publicJwk = z
  .record(z.string().max(40), z.union([z.string().max(4000), z.array(z.string().max(8000)).max(10), z.boolean()]))
  .refine((jwk) => ['RSA', 'EC', 'OKP'].includes(String(jwk['kty'])), 'Only RSA, EC and OKP keys.')
  .refine((jwk) => !('d' in jwk || 'k' in jwk), 'This is a private key. Give the public one, and renew this one.');

/** Which claims name the application, when the policy does not say. */
export const CLIENT_CLAIMS = ['client_id', 'azp'] as const;

/** How a token's client becomes an application: shared by signed and by introspected tokens. */
export const clientFields = {
  applicationClaim: claimName
    .optional()
    .describe('Claim whose value is registered as an identity of the application; client_id or azp when left out'),
  anonymousSubject: z
    .boolean()
    .default(false)
    .describe('Take tokens of clients nobody registered, and count them all to one application'),
  application: z.string().max(63).optional().describe('Short name of your own application that such calls count to'),
  scopesClaim: claimName.default('scope').describe('Claim that holds the scopes, as a list or separated by spaces'),
};

/** JSON Web Tokens of an issuer (RFC 7519, RFC 9068), under the rules of RFC 8725. */
export const jwtMethod = z
  .strictObject({
    kind: z.literal('jwt'),
    issuer: z.string().min(1).max(500).describe('The exact iss of its tokens, e.g. https://login.example.com/'),
    audiences: z
      .array(z.string().min(1).max(500))
      .min(1, 'Name the audience, so that a token made for another service does not open this one.')
      .max(20)
      .describe('Accepted aud values; one of them must be in the token'),
    jwksUrl: issuerUrlSchema.optional().describe('Where the issuer publishes its keys'),
    keys: z.array(publicJwk).min(1).max(50).optional().describe('Public keys as JWK, instead of an address'),
    publicKey: z
      .string()
      .max(8000)
      .regex(/^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/, 'Give a PEM public key.')
      .optional()
      .describe('One public key as PEM (SPKI), instead of an address'),
    algorithms: z
      .array(z.enum(JWT_ALGORITHMS))
      .min(1)
      .max(JWT_ALGORITHMS.length)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
      .describe('Accepted signature algorithms'),
    ...clientFields,
    requiredClaims: z
      .array(
        z.strictObject({
          name: claimName.describe('Claim'),
          value: z
            .union([z.string().max(500), z.number(), z.boolean()])
            .optional()
            .describe('Its value, or one of its values; any when left out'),
        }),
      )
      .max(20)
      .default([])
      .describe('Claims a token must have'),
    clockToleranceSeconds: z
      .number()
      .int()
      .min(0)
      .max(300)
      .default(30)
      .describe('Difference of clocks that is forgiven, in seconds'),
    maxAgeSeconds: z
      .number()
      .int()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe('Oldest token accepted, by its iat, in seconds'),
  })
  .superRefine((method, context) => {
    const sources = [method.jwksUrl, method.keys, method.publicKey].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      context.addIssue({ code: 'custom', path: ['jwksUrl'], message: 'Give one of jwksUrl, keys and publicKey.' });
    }
    requireApplication(method, context);
  });
export type JwtMethod = z.output<typeof jwtMethod>;

/** Calls without a registered client need an application to count to, and only they do. */
export function requireApplication(
  method: { anonymousSubject: boolean; application?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (method.anonymousSubject !== (method.application !== undefined)) {
    const message = method.anonymousSubject
      ? 'Name the application that calls of unregistered clients count to.'
      : 'An application is named only together with anonymousSubject.';
    context.addIssue({ code: 'custom', path: ['application'], message });
  }
}
