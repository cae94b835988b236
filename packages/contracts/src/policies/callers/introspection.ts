import { z } from 'zod';
import { clientFields, requireApplication } from './jwt.ts';

/** Tokens that only their issuer can read: it is asked about each (RFC 7662). */
export const introspectionMethod = z
  .strictObject({
    kind: z.literal('introspection'),
    upstream: z
      .string()
      .min(1, 'Choose an upstream.')
      .max(63)
      .describe('Short name of the upstream that is the issuer; its credential is what the gateway asks with'),
    path: z
      .string()
      .max(200)
      .regex(/^\/[\w.~!$&'()*+,;=:@%/-]*$/, 'A path like /oauth2/introspect.')
      .default('/oauth2/introspect')
      .describe('Path of its introspection endpoint, after the base URL of the upstream'),
    issuer: z
      .string()
      .min(1)
      .max(500)
      .describe('Name of the issuer, as identities of applications are registered with it; iss, where it is told'),
    audiences: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(20)
      .optional()
      .describe('Accepted aud values; one of them must be told. Any or none when left out'),
    prefix: z
      .string()
      .max(40)
      .regex(/^[\x21-\x7e]*$/, 'Visible ASCII without spaces.')
      .optional()
      .describe('What all its tokens begin with; others are not asked about'),
    ...clientFields,
    cacheSeconds: z
      .number()
      .int()
      .min(0)
      .max(3600)
      .default(60)
      .describe('How long a good answer is believed, never beyond the end of the token; 0 asks on every call'),
  })
  .superRefine(requireApplication);
export type IntrospectionMethod = z.output<typeof introspectionMethod>;
