import { z } from 'zod';

/**
 * Where a gateway does what an application could do with its key at the gateway's own addresses (`/v1/sessions`,
 * `/v1/party-tokens`); only the portal may ask.
 */
export const OWN_CALL_PATH = '/_parley/own-calls';

/** The portal has seen that application and key are the tenant's own, and that the person may do it. */
export const ownCallSchema = z.strictObject({
  applicationId: z.uuid(),
  /** The key in whose name it is done; `null` for what asks for none. */
  keyId: z.uuid().nullable(),
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']),
  path: z.string().min(1).max(500),
  contentType: z.enum(['application/json', 'application/x-www-form-urlencoded']),
  body: z.string().max(1024 * 1024),
});
export type OwnCall = z.output<typeof ownCallSchema>;

/** The answer as the application would have got it. */
export const ownCallReplySchema = z.object({
  status: z.number().int(),
  /** JSON, or nothing. */
  body: z.string(),
  /** Why it was refused before it was answered; `null` where it was answered. */
  refused: z
    .object({
      code: z.string(),
      message: z.string(),
      errors: z.array(z.object({ pointer: z.string(), message: z.string() })),
    })
    .nullable(),
});
export type OwnCallReply = z.output<typeof ownCallReplySchema>;
