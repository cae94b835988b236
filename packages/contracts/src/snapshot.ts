import { z } from 'zod';
import { budgetSnapshotSchema } from './budget.ts';
import { contractSchema } from './contract-document.ts';
import { keyLimitsSchema } from './key-health.ts';
import { BILLING_STANDINGS } from './ledger.ts';

/**
 * What a gateway node knows. Two kinds of document, compiled by the worker from PostgreSQL, stored whole in Redis and
 * replaced whole: a **tenant** as publisher (APIs, models, providers, plans) and an **application** as caller (keys,
 * subscriptions). A node loads them when first needed and follows the change stream afterwards.
 */

const id = z.uuid();
const slug = z.string().min(1).max(63);
/** Unix milliseconds. */
const timeMs = z.number().int().nonnegative();

export const timeoutsSchema = z.object({
  connectMs: z.number().int().min(1).max(60_000),
  headersMs: z.number().int().min(1).max(600_000),
  totalMs: z.number().int().min(1).max(3_600_000),
});

export const upstreamSnapshotSchema = z.object({
  id,
  slug,
  baseUrl: z.url(),
  timeouts: timeoutsSchema,
  /** Header the upstream expects its own credential in; the value is sealed with purpose `upstream_auth`. */
  auth: z.object({ header: z.string(), sealed: z.string() }).nullable(),
  /** `upstreamOptionsSchema`, or a newer one: a node refuses calls to an upstream whose options it cannot keep. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** For the discovery that the options name; sealed with purpose `upstream_discovery`. */
  discoveryToken: z.string().nullable().optional(),
});

const providerFields = {
  id,
  slug,
  baseUrl: z.url(),
  timeouts: timeoutsSchema,
  /** Sealed with purpose `provider_key`. Empty for providers that ask for no key. */
  keys: z.array(
    z.object({
      id,
      sealed: z.string(),
      weight: z.number().int().min(1).max(1000),
      /** What the provider allows it; a gateway of a release before knows no such limits and keeps none. */
      limits: keyLimitsSchema.optional(),
    }),
  ),
  /** Row of the provider table (`packages/llm/src/providers/table.ts`): whose quirks to keep. */
  preset: z.string().nullable().optional(),
  /** `providerSettingsSchema`, or a newer one. */
  settings: z.record(z.string(), z.unknown()).optional(),
};

/** A provider that speaks OpenAI's chat completions (`openai_chat`). */
export const providerSnapshotSchema = z.object({ ...providerFields, kind: z.literal('openai_compatible') });

/**
 * A provider of another format (`PROVIDER_FORMATS`, or one of a newer release). Apart from the others, so that a node that does
 * not know the format, or formats at all, refuses calls to this provider's models only.
 */
export const formattedProviderSnapshotSchema = z.object({ ...providerFields, format: z.string() });

/** Nano-units per million tokens, as decimal strings. */
export const tokenRatesSchema = z.object({
  inputPerMillion: z.string(),
  cachedInputPerMillion: z.string(),
  outputPerMillion: z.string(),
  reasoningPerMillion: z.string(),
  /** Input written into the provider's prompt cache; the price of input when absent. */
  cacheWritePerMillion: z.string().optional(),
  /** The same for an hour; the one above when absent. */
  cacheWrite1hPerMillion: z.string().optional(),
  /** Audio in input and output; the prices of text when absent. Cached audio: that of audio when only this is absent. */
  audioInputPerMillion: z.string().optional(),
  cachedAudioInputPerMillion: z.string().optional(),
  audioOutputPerMillion: z.string().optional(),
  /** Pictures, in the same way. */
  imageInputPerMillion: z.string().optional(),
  cachedImageInputPerMillion: z.string().optional(),
  imageOutputPerMillion: z.string().optional(),
});
export type TokenRatesSnapshot = z.infer<typeof tokenRatesSchema>;

/** Rates of a whole call whose input is longer than so many tokens; complete, nothing of them follows the price above. */
export const tierSchema = tokenRatesSchema.extend({ aboveInputTokens: z.number().int().min(1) });
export type TierSnapshot = z.infer<typeof tierSchema>;

/** Nano-units per unit, as decimal strings; what is absent is not sold by that unit. */
export const unitRatesSchema = z.object({
  perImage: z.string().optional(),
  /** Pictures of a size, a quality, or both; the first that fits holds, `perImage` for all others. */
  imageClasses: z
    .array(z.object({ size: z.string().optional(), quality: z.string().optional(), perImage: z.string() }))
    .optional(),
  perAudioHour: z.string().optional(),
  perMillionCharacters: z.string().optional(),
  perSearch: z.string().optional(),
  perPage: z.string().optional(),
});
export type UnitRatesSnapshot = z.infer<typeof unitRatesSchema>;

/** A price: its rates for tokens, `perRequest` in nano-units per call, and what else it is sold by. */
export const priceSnapshotSchema = tokenRatesSchema.extend({
  id,
  currency: z.string().length(3),
  effectiveFromMs: timeMs,
  perRequest: z.string(),
  /** What the provider's own batch API charges of all these, in percent; 100 when absent. Nothing goes there yet. */
  batchPercent: z.number().int().min(1).max(100).optional(),
  tiers: z.array(tierSchema).optional(),
  units: unitRatesSchema.optional(),
});

export const modelSnapshotSchema = z.object({
  id,
  slug: z.string().min(1).max(120),
  providerId: id,
  providerModel: z.string(),
  contextTokens: z.number().int().nullable(),
  maxOutputTokens: z.number().int().nullable(),
  capabilities: z.array(z.string()),
  createdAtMs: timeMs,
  /** Newest first. A call is priced by the first whose `effectiveFromMs` is not in the future. */
  prices: z.array(priceSnapshotSchema),
});

export const limitSchema = z.object({
  /** Requests admitted in each window. */
  requests: z.number().int().min(1).max(1_000_000_000),
  /** Length of the fixed window in seconds, aligned to the Unix epoch. */
  windowSeconds: z.number().int().min(1).max(31_622_400),
});
export type Limit = z.infer<typeof limitSchema>;

export const planSnapshotSchema = z.object({ id, slug, limits: z.array(limitSchema) });

/** `array` and `object` reach gateways as `json` with a schema: see `flattenPrompt`. */
const VARIABLE_TYPES = ['string', 'number', 'integer', 'boolean', 'enum', 'json', 'array', 'object'] as const;
export const promptVariableSchema = z.object({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, 'letters, digits and underscore, not starting with a digit'),
  type: z.enum(VARIABLE_TYPES),
  description: z.string().max(500).default(''),
  required: z.boolean().default(true),
  default: z.json().optional(),
  /** For `string`: the longest text accepted, in characters. */
  maxLength: z.number().int().min(1).max(1_000_000).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** For `enum`: the accepted texts. */
  values: z.array(z.string().max(200)).max(200).optional(),
  /** For `array`: the most items accepted. */
  maxItems: z.number().int().min(1).max(10_000).optional(),
  /** For `array` (of one item), `object` and `json`: JSON Schema, draft 2020-12. */
  schema: z.record(z.string(), z.json()).optional(),
});
export type PromptVariable = z.infer<typeof promptVariableSchema>;

export const promptMessageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  /** Text with `{{variable}}` placeholders. */
  text: z.string().min(1).max(200_000),
});

export const promptSettingsSchema = z.object({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxOutputTokens: z.number().int().min(1).max(1_000_000).optional(),
  seed: z.number().int().optional(),
  stop: z.array(z.string().min(1)).max(4).optional(),
});

export const promptOutputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text') }),
  z.object({
    kind: z.literal('json'),
    schema: z.record(z.string(), z.json()),
    /** Whether an answer that does not fit is asked for once more; it is when this is absent. */
    repair: z.boolean().optional(),
  }),
]);

/** A question with the answer that is wanted, shown to the model before the real one. */
export const promptExampleSchema = z.object({
  input: z.string().min(1).max(20_000),
  output: z.string().min(1).max(20_000),
});
export type PromptExample = z.infer<typeof promptExampleSchema>;

/** A shared piece of text, as it was when the prompt's version was saved. */
export const promptPartialSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  version: z.number().int().min(1),
  text: z.string().max(50_000),
});
export type PromptPartial = z.infer<typeof promptPartialSchema>;

export const promptDefinitionSchema = z.object({
  model: z.string().min(1).max(120),
  messages: z.array(promptMessageSchema).min(1).max(100),
  variables: z.array(promptVariableSchema).max(100),
  settings: promptSettingsSchema,
  output: promptOutputSchema,
  /** Shown in order, after the system messages that come first. */
  examples: z.array(promptExampleSchema).max(40).optional(),
  /** What `{{> name}}` stands for. Filled in when a version is saved: what is given here is not kept. */
  partials: z.array(promptPartialSchema).max(50).optional(),
});
export type PromptDefinition = z.infer<typeof promptDefinitionSchema>;

/** Policies by name (`POLICIES`), those of newer releases included: a node refuses what it cannot keep. */
const policiesSnapshot = z.record(z.string(), z.unknown()).optional();

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export const routeSnapshotSchema = z.object({
  id,
  method: z.enum([...HTTP_METHODS, '*']),
  /** `/users/{id}` or a trailing `/*`; relative to `/{tenant}/{api}/{version}`. */
  path: z.string().startsWith('/'),
  upstreamId: id,
  /** Path at the upstream with the same parameters; `null` keeps the caller's path. */
  upstreamPath: z.string().startsWith('/').nullable(),
  policies: policiesSnapshot,
  /** `routeMatchSchema` and `whenEntrySchema`, or newer ones: a node refuses calls to a route whose conditions it cannot read. */
  match: z.array(z.record(z.string(), z.unknown())).optional(),
  /** What a policy that answers in the upstream's place was compiled to: `graphqlPlanSchema`, `soapPlanSchema`, or a newer one. */
  plan: z.record(z.string(), z.unknown()).optional(),
});

/** A version's contract; `hash` names its content, so that an unchanged one is not compiled again. */
export const contractSnapshotSchema = contractSchema.extend({ hash: z.string() });
export type ContractSnapshot = z.infer<typeof contractSnapshotSchema>;

export const apiVersionSnapshotSchema = z.object({
  id,
  version: slug,
  state: z.enum(['published', 'deprecated', 'retired']),
  deprecatedAtMs: timeMs.nullable(),
  sunsetAtMs: timeMs.nullable(),
  policies: policiesSnapshot,
  /** Only where the policy `contract` holds somewhere. */
  contract: contractSnapshotSchema.optional(),
  /** Goes up when the publisher empties the version's cache. */
  cacheGeneration: z.number().int().optional(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rest'), routes: z.array(routeSnapshotSchema) }),
    z.object({
      kind: z.literal('prompt'),
      promptVersionId: id,
      definition: promptDefinitionSchema,
      /** Versions that callers or an experiment may choose in its place. */
      others: z
        .array(
          z.object({
            promptVersionId: id,
            number: z.number().int(),
            labels: z.array(z.string()),
            definition: promptDefinitionSchema,
          }),
        )
        .optional(),
    }),
    z.object({ kind: z.literal('llm'), models: z.array(z.string()) }),
  ]),
});

export const apiSnapshotSchema = z.object({
  id,
  slug,
  name: z.string(),
  maxBodyBytes: z.number().int(),
  versions: z.array(apiVersionSnapshotSchema),
  /** Further names of versions; a version of that name comes first. */
  aliases: z.array(z.object({ alias: slug, versionId: id })).optional(),
  plans: z.array(planSnapshotSchema),
  /** A plan of its is, was or will be paid from credit: its calls count in one counter of each customer. */
  prepaid: z.boolean().optional(),
});

export const tenantSnapshotSchema = z.object({
  version: z.number().int(),
  tenantId: id,
  slug,
  /** The tenant's data key, sealed by the master key (kernel/seal). */
  sealedDataKey: z.string(),
  /** IANA name; calendar quotas begin and end in it. UTC when it is not told. */
  timeZone: z.string().optional(),
  /** Hosts of its own, verified: they lead to it, or to one of its APIs, and to nobody else. */
  hosts: z.array(z.object({ host: z.string(), apiId: id.nullable() })).optional(),
  /** Hard ones, in force; a gateway of a release before knows none and keeps none. */
  budgets: z.array(budgetSnapshotSchema).optional(),
  upstreams: z.array(upstreamSnapshotSchema),
  providers: z.array(providerSnapshotSchema),
  formattedProviders: z.array(formattedProviderSnapshotSchema).optional(),
  models: z.array(modelSnapshotSchema),
  apis: z.array(apiSnapshotSchema),
});
export type TenantSnapshot = z.infer<typeof tenantSnapshotSchema>;
export type ApiSnapshot = z.infer<typeof apiSnapshotSchema>;
export type ApiVersionSnapshot = z.infer<typeof apiVersionSnapshotSchema>;
export type RouteSnapshot = z.infer<typeof routeSnapshotSchema>;
export type ModelSnapshot = z.infer<typeof modelSnapshotSchema>;
export type PriceSnapshot = z.infer<typeof priceSnapshotSchema>;
export type ProviderSnapshot = z.infer<typeof providerSnapshotSchema>;
export type FormattedProviderSnapshot = z.infer<typeof formattedProviderSnapshotSchema>;
export type UpstreamSnapshot = z.infer<typeof upstreamSnapshotSchema>;
export type PlanSnapshot = z.infer<typeof planSnapshotSchema>;
export type Timeouts = z.infer<typeof timeoutsSchema>;

export const SUBSCRIPTION_STATES = [
  'requested',
  'approved',
  'refused',
  'suspended',
  'revoked',
  'expired',
  'cancelled',
] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** What a customer may be charged by calls on plans paid from credit, and what those calls cost. */
export const creditSnapshotSchema = z.object({
  /** ISO 4217, of limits and prices. */
  currency: z.string().length(3),
  /**
   * What all such calls of the customer may be charged in total, ever: what was charged, and what credit is left. In nano-units,
   * for calls that begin before `untilMs` (credit runs out then); the last has no end.
   */
  limits: z.array(z.object({ limitNano: z.string().regex(/^\d{1,19}$/), untilMs: timeMs.nullable() })).min(1),
  /**
   * Prices that hold one after another, in order of time: contracts' plan-pricing, or a newer one, under which a node lets nobody in;
   * `null` while the plan is not paid from credit.
   */
  prices: z.array(z.object({ fromMs: timeMs, pricing: z.record(z.string(), z.unknown()).nullable() })).min(1),
});
export type CreditSnapshot = z.infer<typeof creditSnapshotSchema>;

export const subscriptionSnapshotSchema = z.object({
  id,
  publisherTenantId: id,
  publisherSlug: slug,
  apiId: id,
  planId: id,
  state: z.enum(SUBSCRIPTION_STATES),
  expiresAtMs: timeMs.nullable(),
  /**
   * The customer's account with the publisher; absent where there is none. `charges`: the plan charges by use. `spent`: it is
   * paid from credit, and none is left.
   */
  billing: z
    .object({
      accountId: id,
      standing: z.enum(BILLING_STANDINGS),
      charges: z.boolean(),
      spent: z.boolean().optional(),
    })
    .optional(),
  /** The plan is, or will be, paid from credit; a gateway of a release before goes by `billing.spent`. */
  credit: creditSnapshotSchema.optional(),
});

export const keySnapshotSchema = z.object({
  /** Stable id of the key; its secrets come and go with rotation. */
  id,
  /** `hashSecretToken` of one secret of the key. */
  hash: z.string(),
  /** Earlier of key expiry and end of this secret's grace; `null` for never. */
  expiresAtMs: timeMs.nullable(),
  /** Set when key or secret was revoked: the gateway answers `key_revoked`, not `key_unknown`. */
  revokedAtMs: timeMs.nullable(),
  /** What the key may be used for where a policy asks for scopes; absent for none. */
  scopes: z.array(z.string()).optional(),
});

/**
 * What an application can be known by besides its API keys: a client at a token issuer (subject = client id), a shared
 * secret that signs requests (subject = key id), or a client certificate (issuer `sha256` and its thumbprint, or the
 * distinguished name of its issuer and one of its own names).
 */
export const IDENTITY_KINDS = ['client', 'hmac', 'certificate'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** An identity. One that was removed is simply not here any more. */
export const identitySnapshotSchema = z.object({
  id,
  kind: z.enum(['client', 'hmac']),
  /** Of a client: the `iss` of its tokens. Empty for other kinds. */
  issuer: z.string(),
  subject: z.string(),
  scopes: z.array(z.string()),
  /** Of a shared secret: sealed under the tenant's data key with purpose `application_identity`. */
  sealed: z.string().nullable(),
});

/** A certificate as an identity: in a list of its own, which gateways of earlier releases leave aside. */
export const certificateSnapshotSchema = z.object({
  id,
  issuer: z.string(),
  subject: z.string(),
  scopes: z.array(z.string()),
});

export const applicationSnapshotSchema = z.object({
  version: z.number().int(),
  applicationId: id,
  tenantId: id,
  tenantSlug: slug,
  /** Absent in documents of the release before. */
  slug: slug.optional(),
  /** The team of its tenant it belongs to; absent for none. */
  teamId: id.optional(),
  keys: z.array(keySnapshotSchema),
  identities: z.array(identitySnapshotSchema).optional(),
  certificates: z.array(certificateSnapshotSchema).optional(),
  /** With which third parties sign what they send for it; sealed with purpose `webhook_secret`. */
  webhookSecrets: z
    .array(z.object({ id, name: z.string(), sealed: z.string(), expiresAtMs: timeMs.nullable() }))
    .optional(),
  /** The tenant's data key, where something here is sealed. */
  sealedDataKey: z.string().optional(),
  subscriptions: z.array(subscriptionSnapshotSchema),
});
export type ApplicationSnapshot = z.infer<typeof applicationSnapshotSchema>;
export type SubscriptionSnapshot = z.infer<typeof subscriptionSnapshotSchema>;
export type CertificateSnapshot = z.infer<typeof certificateSnapshotSchema>;
export type IdentitySnapshot = z.infer<typeof identitySnapshotSchema>;
export type KeySnapshot = z.infer<typeof keySnapshotSchema>;

/** One entry of the change stream: a document has a new version, or is gone. */
export const snapshotChangeSchema = z.object({
  kind: z.enum(['tenant', 'application']),
  id,
  version: z.number().int(),
});
export type SnapshotChange = z.infer<typeof snapshotChangeSchema>;
