import { z } from 'zod';
import { modelRoutingPolicy } from './policies/model-routing.ts';

/** Where a gateway explains what a call would meet; only the portal may ask, with a token (`@parley/kernel/internal-call`). */
export const EXPLAIN_PATH = '/_parley/explain';
/** Header the token travels in. */
export const INTERNAL_HEADER = 'x-parley-internal';

/** A call that is only thought of. */
export const explainRequestSchema = z.strictObject({
  method: z.string().regex(/^[A-Z]{3,10}$/, 'Choose a method.'),
  /** Path and query at the gateway, as a caller would write them. */
  path: z.string().startsWith('/').max(8192),
  headers: z.array(z.strictObject({ name: z.string().max(200), value: z.string().max(8192) })).max(100),
  /** Address the call would come from. */
  address: z.union([z.ipv4(), z.ipv6()]),
  body: z.string().max(262_144).default(''),
  /** Who calls, without a credential; `null` asks with the headers alone. */
  applicationId: z.uuid().nullable(),
  /** A routing of models that is only being written: it stands in the place of the version's. */
  modelRouting: modelRoutingPolicy.optional(),
});
export type ExplainRequest = z.output<typeof explainRequestSchema>;

/** The decisions of a call, by what they are about. */
export const EXPLAIN_STEPS = ['route', 'caller', 'subscription', 'policy', 'request', 'limits', 'upstream'] as const;

export const explainStepSchema = z.object({
  step: z.enum(EXPLAIN_STEPS),
  /** Name of the policy, for steps that are one. */
  policy: z.string().nullable(),
  /**
   * `passes` and `refuses` were decided by the gateway's own code; `told` would count, store or call and was not carried
   * out; `off` is switched off on this route; `lost` is a path that leads nowhere; `not_reached` comes after a refusal.
   */
  outcome: z.enum(['passes', 'refuses', 'told', 'off', 'lost', 'not_reached']),
  sentence: z.string(),
  /** More about it: the routes that came near, each with why it is not the one. */
  notes: z.array(z.string()),
});
export type ExplainStep = z.output<typeof explainStepSchema>;

const modelPlaceSchema = z.object({
  /** Short name of the model. */
  model: z.string(),
  /** Whether it is asked first (1), second, …; `null` where it is left out. */
  place: z.number().int().positive().nullable(),
  why: z.string(),
});
export type ModelPlace = z.output<typeof modelPlaceSchema>;

/** What the name of a call stands for: each of its models, as the routing writes them, and when each would be asked. */
export const modelChoiceSchema = z.object({ name: z.string(), models: z.array(modelPlaceSchema) });
export type ModelChoice = z.output<typeof modelChoiceSchema>;

export const explainReplySchema = z.object({
  steps: z.array(explainStepSchema),
  /** How the call would be refused; `null` when it would go through. */
  refusal: z.object({ status: z.number(), code: z.string(), message: z.string(), nextStep: z.string() }).nullable(),
  /** `null` where the call asks for one model by its own name, or for none; gateways before this one do not tell. */
  choice: modelChoiceSchema.nullable().default(null),
});
export type ExplainReply = z.output<typeof explainReplySchema>;
