import { z } from 'zod';
import { basicMethod } from './callers/basic.ts';
import { certificateMethod } from './callers/certificate.ts';
import { hmacMethod } from './callers/hmac.ts';
import { introspectionMethod } from './callers/introspection.ts';
import { jwtMethod } from './callers/jwt.ts';
import { oauth2Method } from './callers/oauth2.ts';
import { partyTokenMethod } from './callers/party-token.ts';
import { scopeSchema } from './callers/scope.ts';

/** Parley's own keys. A key in the query ends up in logs and histories of others, so that is off unless named. */
const apiKeyMethod = z.strictObject({
  kind: z.literal('apiKey'),
  header: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'Write the header in lower case, like x-acme-key.')
    .refine((name) => !RESERVED_HEADERS.has(name), 'This header has a meaning of its own. Choose another.')
    .optional()
    .describe('A further header to take the key from, beside Authorization and x-api-key'),
  query: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,60}$/, 'Letters, digits, hyphen and underscore.')
    .optional()
    .describe('A query parameter to take the key from'),
});

/** Headers that mean something else to the gateway, to HTTP, or to the upstream about who calls. */
const RESERVED_HEADERS = new Set([
  'authorization',
  'accept',
  'connection',
  'client-cert',
  'client-cert-chain',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-parley-application',
  'x-parley-data-class',
  'x-parley-party',
  'x-parley-party-kind',
  'x-parley-party-role',
  'x-parley-principal',
  'x-parley-scopes',
  'x-parley-session',
  'x-parley-stage',
  'x-parley-subject',
  'x-parley-tenant',
  'x-parley-tier',
  'x-request-id',
]);

export const callerMethodSchema = z.discriminatedUnion('kind', [
  apiKeyMethod,
  jwtMethod,
  introspectionMethod,
  oauth2Method,
  basicMethod,
  hmacMethod,
  certificateMethod,
  partyTokenMethod,
]);
export type CallerMethod = z.output<typeof callerMethodSchema>;
export type ApiKeyMethod = Extract<CallerMethod, { kind: 'apiKey' }>;

/**
 * By what callers may show who they are, and what their credential must allow. On a route each field that is given takes
 * the place of the version's, so that a route can ask for scopes without repeating the methods.
 */
export const callersPolicy = z.strictObject({
  methods: z
    .array(callerMethodSchema)
    .min(1, 'Name at least one way to call, or leave the list out for API keys.')
    .max(8)
    .optional()
    .describe('Ways to show who calls, tried in this order; API keys when left out'),
  scopes: z.array(scopeSchema).max(50).optional().describe('Scopes the credential must carry, all of them'),
  tiers: z
    .array(z.string().regex(/^[a-z0-9_-]{1,40}$/, 'Small letters, digits, hyphen and underscore.'))
    .min(1, 'Name at least one tier, or leave the list out.')
    .max(20)
    .optional()
    .describe('Party tokens must be of one of these tiers; other callers pass'),
  dataClass: z
    .enum(['public', 'internal', 'confidential', 'restricted'])
    .optional()
    .describe('Class of the data behind it: party tokens for lower classes are refused; other callers pass'),
  identityHeaders: z
    .boolean()
    .optional()
    .describe('Tell the upstream who calls, in x-parley-… headers; yes when left out'),
});
export type CallersPolicy = z.output<typeof callersPolicy>;
