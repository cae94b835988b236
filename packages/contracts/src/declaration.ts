import { z } from 'zod';
import { BUDGET_MODES, BUDGET_PERIODS, BUDGET_SCOPES } from './budget.ts';
import { CAPABILITIES } from './capabilities.ts';
import { keyLimitsSchema } from './key-health.ts';
import { planPricingSchema } from './plan-pricing.ts';
import { scopeSchema } from './policies/callers/scope.ts';
import { promptLabelSchema } from './policies/experiment.ts';
import { policiesSchema, routePoliciesSchema } from './policies.ts';
import { PROVIDER_FORMATS, providerSettingsSchema } from './provider-format.ts';
import { routeMatchSchema, routeWhenSchema } from './route-match.ts';
import { HTTP_METHODS, limitSchema, promptDefinitionSchema } from './snapshot.ts';
import { upstreamOptionsSchema } from './upstream-options.ts';

/**
 * What `parley apply` takes and `parley export` writes: a tenant's configuration as one document. Things are named by
 * their slugs. Applying creates what is missing and changes what differs; what the document does not mention is left
 * alone. Unknown fields are refused, so that a typing mistake cannot pass for a setting.
 */

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens');
const name = z.string().min(1).max(120);
const timeoutMs = z.number().int().min(1).max(3_600_000);
/** Decimal amount of whole currency units, e.g. "2.50". */
const amount = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'a decimal number in quotes, e.g. "2.50"');

export const providerDeclaration = z.strictObject({
  slug,
  name,
  /** A row of the provider table; then format and address need not be given. It stays as it was made. */
  preset: slug.optional(),
  /** `openai_chat` without it. It stays as it was made. */
  format: z.enum(PROVIDER_FORMATS).optional(),
  baseUrl: z.url().optional(),
  settings: providerSettingsSchema.optional(),
  connectTimeoutMs: timeoutMs.optional(),
  headersTimeoutMs: timeoutMs.optional(),
  totalTimeoutMs: timeoutMs.optional(),
  /** A key is known by its label and never read back: to replace one, add it under a new label. */
  keys: z
    .array(
      z.strictObject({
        label: name,
        secret: z.string().min(1).optional(),
        weight: z.number().int().min(1).max(1000).optional(),
        /** What the provider allows it. */
        limits: z.strictObject(keyLimitsSchema.shape).optional(),
      }),
    )
    .default([]),
});

/** What can stand for rates of input and output in a price. */
const SOLD_BY = ['perImage', 'perAudioHour', 'perMillionCharacters', 'perSearch', 'perPage'] as const;

const finerRates = {
  cacheWrite: amount.optional(),
  cacheWrite1h: amount.optional(),
  audioInput: amount.optional(),
  cachedAudioInput: amount.optional(),
  audioOutput: amount.optional(),
  imageInput: amount.optional(),
  cachedImageInput: amount.optional(),
  imageOutput: amount.optional(),
};

export const modelDeclaration = z.strictObject({
  slug: z.string().min(1).max(120),
  name: name.optional(),
  provider: slug,
  /** Id in the catalogue (`openai/gpt-5`): fills a new model in with what the document does not say. */
  catalogue: z.string().min(1).max(200).optional(),
  /** May be left out where the catalogue knows the model at this provider. */
  providerModel: z.string().min(1).max(200).optional(),
  contextTokens: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  capabilities: z.array(z.enum(CAPABILITIES)).optional(),
  /** Per million tokens, in whole units of the currency; what begins with `per` says of what. */
  price: z
    .strictObject({
      currency: z.string().length(3).default('USD'),
      // Only a price with a rate for a unit can do without.
      input: amount.optional(),
      cachedInput: amount.optional(),
      output: amount.optional(),
      reasoning: amount.optional(),
      ...finerRates,
      perRequest: amount.optional(),
      batchPercent: z.number().int().min(1).max(100).optional(),
      perImage: amount.optional(),
      imageClasses: z
        .array(z.strictObject({ size: z.string().optional(), quality: z.string().optional(), perImage: amount }))
        .optional(),
      perAudioHour: amount.optional(),
      perMillionCharacters: amount.optional(),
      perSearch: amount.optional(),
      perPage: amount.optional(),
      /** Of whole calls whose input is longer; what one leaves out is as above, or follows its own input and output. */
      tiers: z
        .array(
          z.strictObject({
            aboveInputTokens: z.number().int().positive(),
            input: amount,
            cachedInput: amount.optional(),
            output: amount,
            reasoning: amount.optional(),
            ...finerRates,
          }),
        )
        .optional(),
    })
    .superRefine((price, issue) => {
      if (SOLD_BY.some((unit) => price[unit] !== undefined)) return;
      for (const path of ['input', 'output'] as const) {
        if (price[path] === undefined) issue.addIssue({ code: 'custom', path: [path], message: 'an amount is needed' });
      }
    })
    .optional(),
});

export const upstreamDeclaration = z.strictObject({
  slug,
  name,
  baseUrl: z.url(),
  connectTimeoutMs: timeoutMs.optional(),
  headersTimeoutMs: timeoutMs.optional(),
  totalTimeoutMs: timeoutMs.optional(),
  /** Absent keeps those in force; `{}` takes them all away. */
  options: upstreamOptionsSchema.optional(),
});

/** A shared piece of text, in its latest version. */
export const promptPartialDeclaration = z.strictObject({
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  text: z.string().min(1).max(50_000),
});

export const promptDeclaration = z.strictObject({
  slug,
  name,
  description: z.string().max(2000).default(''),
  definition: promptDefinitionSchema,
  /** Names of its versions, `production: 3` or `staging: latest`. Labels that are not named here stay where they are. */
  labels: z.record(promptLabelSchema, z.union([z.number().int().positive(), z.literal('latest')])).optional(),
});

export const apiVersionDeclaration = z.strictObject({
  version: slug,
  state: z.enum(['draft', 'published', 'deprecated', 'retired']).default('published'),
  changelog: z.string().max(10_000).optional(),
  /** rest */
  routes: z
    .array(
      z.strictObject({
        method: z.enum([...HTTP_METHODS, '*']),
        path: z.string().startsWith('/'),
        summary: z.string().max(200).default(''),
        upstream: slug,
        upstreamPath: z.string().startsWith('/').optional(),
        match: routeMatchSchema.optional(),
        when: routeWhenSchema.optional(),
        policies: routePoliciesSchema.optional(),
      }),
    )
    .optional(),
  /** rest: its OpenAPI 3 document, for reference and contract. The CLI takes a file's name in its place. */
  openapi: z.record(z.string(), z.json()).optional(),
  /** rest: where every operation of the document leads that `routes` does not name; none become routes without it. */
  upstream: slug.optional(),
  /** prompt: the prompt's latest version, or the numbered one. */
  prompt: slug.optional(),
  promptVersion: z.number().int().positive().optional(),
  /** prompt: in place of a number, a label to follow. */
  promptLabel: promptLabelSchema.optional(),
  /** llm */
  models: z.array(z.string()).optional(),
  /** Absent keeps those that are served; `{}` takes them all away. */
  policies: policiesSchema.optional(),
});

export const apiDeclaration = z.strictObject({
  slug,
  name,
  kind: z.enum(['rest', 'prompt', 'llm']),
  summary: z.string().max(300).default(''),
  description: z.string().max(50_000).default(''),
  category: z.string().max(60).default(''),
  tags: z.array(z.string().max(40)).default([]),
  visibility: z.enum(['public', 'tenant', 'team']).default('tenant'),
  team: slug.optional(),
  maxBodyBytes: z.number().int().positive().optional(),
  plans: z
    .array(
      z.strictObject({
        slug,
        name,
        description: z.string().max(1000).default(''),
        limits: z.array(limitSchema).default([]),
        approval: z.enum(['auto', 'manual']).default('manual'),
        /** What it costs. Absent keeps the price it has; amounts in nano-units of the tenant's currency. */
        price: planPricingSchema.optional(),
      }),
    )
    .default([]),
  versions: z.array(apiVersionDeclaration).default([]),
  /** Further names of versions, `latest: v2`. Absent keeps those there are; `{}` takes them all away. */
  aliases: z.record(slug, slug).optional(),
});

export const applicationDeclaration = z.strictObject({
  slug,
  name,
  description: z.string().max(2000).default(''),
  subscriptions: z
    .array(
      z.strictObject({
        /** `publisher/api`, or `api` for one of the tenant's own. */
        api: z.string().regex(/^(?:[a-z0-9-]+\/)?[a-z0-9-]+$/, 'publisher/api'),
        plan: slug,
        reason: z.string().max(2000).default(''),
      }),
    )
    .default([]),
  keys: z
    .array(
      z.strictObject({ name, expiresAt: z.iso.datetime().optional(), scopes: z.array(scopeSchema).max(50).optional() }),
    )
    .default([]),
  /** Known by their names: one that is not there yet is added. */
  identities: z
    .array(
      z.strictObject({
        name,
        kind: z.enum(['client', 'hmac', 'certificate']).default('client'),
        /** Of a client, both; of a certificate its thumbprint as subject, or one of its names with that of its issuer. */
        issuer: z.string().min(1).max(500).optional(),
        subject: z.string().min(1).max(500).optional(),
        /** Of a certificate, in place of the two: the certificate itself, as PEM. */
        certificate: z.string().max(16_384).optional(),
        /** Of a certificate, or of a shared secret, which is made and shown when this is applied first. */
        scopes: z.array(scopeSchema).max(50).optional(),
      }),
    )
    .default([]),
});

export const budgetDeclaration = z.strictObject({
  slug,
  name,
  scope: z.enum(BUDGET_SCOPES).default('tenant'),
  /** Short name of team, application or API (another tenant's application and a key: the id), a model's name, an end user, or `name=value`. */
  subject: z.string().max(300).default(''),
  period: z.enum(BUDGET_PERIODS).default('month'),
  /** Whole units of the tenant's currency. */
  amount,
  mode: z.enum(BUDGET_MODES).default('soft'),
  /** Percent of the amount. */
  thresholds: z.array(z.number().int().min(1).max(1000)).max(10).default([50, 80, 100]),
  /** Upstream that alerts are delivered to. */
  webhook: slug.optional(),
});

export const declarationSchema = z.strictObject({
  parley: z.literal(1),
  /** When given, applying to another tenant is refused. */
  tenant: slug.optional(),
  providers: z.array(providerDeclaration).default([]),
  models: z.array(modelDeclaration).default([]),
  upstreams: z.array(upstreamDeclaration).default([]),
  promptPartials: z.array(promptPartialDeclaration).default([]),
  prompts: z.array(promptDeclaration).default([]),
  apis: z.array(apiDeclaration).default([]),
  /** Hosts of the tenant's own; one that is not there yet is added, and verified in the portal. */
  hosts: z.array(z.strictObject({ host: z.string().min(1).max(253), api: slug.optional() })).default([]),
  applications: z.array(applicationDeclaration).default([]),
  /** One that is not named here stays in force. */
  budgets: z.array(budgetDeclaration).default([]),
});
export type Declaration = z.output<typeof declarationSchema>;
export type DeclarationInput = z.input<typeof declarationSchema>;

/** One difference between document and tenant, in the order it is (or was) applied. */
export const declarationStepSchema = z.object({
  action: z.enum(['create', 'update', 'move', 'request', 'remove']),
  /** `model`, `api version`, … */
  kind: z.string(),
  /** `summarise`, `summarise/v1`, … */
  name: z.string(),
  /** Fields that differ, with short texts of both sides. */
  changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
});
export type DeclarationStep = z.infer<typeof declarationStepSchema>;

export const applyReplySchema = z.object({
  steps: z.array(declarationStepSchema),
  /** Secrets of the keys this run made; shown this once. */
  keys: z.array(z.object({ application: z.string(), name: z.string(), secret: z.string() })),
  /** Subscriptions that wait for their publisher. */
  waiting: z.array(z.object({ application: z.string(), api: z.string(), plan: z.string() })),
});
export type ApplyReply = z.infer<typeof applyReplySchema>;
