import { MAX_LIFE_SECONDS, manifestShape, sessionIdSchema } from '@parley/party-token/claims';
import { ALGORITHMS } from '@parley/party-token/compact';
import { partyIdSchema } from '@parley/party-token/permission';
import { z } from 'zod';

const apiName = z.string().regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/, 'Name APIs as publisher/api');

/** What a token is asked for with (PT-5.1). */
export const issueRequestSchema = z
  .strictObject({
    ...manifestShape,
    acting: partyIdSchema.optional(),
    on_behalf_of: partyIdSchema.optional(),
    audience: z.strictObject({
      apis: z.array(apiName).max(20).default([]),
      sessions: z
        .array(z.union([z.literal('own'), sessionIdSchema]))
        .max(20)
        .default([]),
    }),
    scope: z.string().max(2000).optional(),
    not_before: z.number().int().min(0).max(9_999_999_999).optional(),
    expires_in: z.number().int().min(1).max(MAX_LIFE_SECONDS).default(900),
    alg: z.enum(ALGORITHMS).default('EdDSA'),
  })
  .refine(({ acting, parties }) => acting !== undefined || parties.length === 1, {
    path: ['acting'],
    message: 'Say which party acts',
  });
export type IssueRequest = z.output<typeof issueRequestSchema>;
