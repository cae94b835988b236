import { z } from 'zod';

/** Requests signed with a secret that Parley made for an identity of the application. */
export const hmacMethod = z.strictObject({
  kind: z.literal('hmac'),
  forms: z
    .array(z.enum(['rfc9421', 'simple']))
    .min(1)
    .max(2)
    .default(['rfc9421', 'simple'])
    .describe('HTTP Message Signatures (RFC 9421), or X-Signature: id=…,t=…,v1=…'),
  toleranceSeconds: z
    .number()
    .int()
    .min(5)
    .max(3600)
    .default(300)
    .describe('How far the time of signing may be from now, in seconds'),
});
export type HmacMethod = z.output<typeof hmacMethod>;
