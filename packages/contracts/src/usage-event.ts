import { z } from 'zod';
import { MAX_END_USER, MAX_TAGS, TAG_NAME, TAG_VALUE } from './attribution.ts';
import { knowledgeRecordSchema } from './knowledge.ts';
import { MAX_SESSION_ID } from './session-id.ts';

/** Decimal string of nano-units. */
const nano = z.string().regex(/^\d{1,18}$/);
const count = z.number().int().nonnegative();
const optionalId = z.uuid().nullable();

export const USAGE_KINDS = ['rest', 'prompt', 'chat', 'models', 'websocket'] as const;
/** Where the token counts come from: the provider's own usage, counted here from what was relayed, or none apply. */
export const USAGE_SOURCES = ['provider', 'estimated', 'none'] as const;
/** How an answer ended when not in full: the client left, or the upstream cut it. */
export const ABORTED_BY = ['none', 'client', 'upstream'] as const;
/**
 * Answers that came from what was kept: a fresh one, an outdated one, one the upstream confirmed (304), one fetched by an
 * equal call at the same time, the first answer of a repeated idempotency key, or the answer to a question of the same meaning.
 */
export const CACHE_USES = ['hit', 'stale', 'revalidated', 'collapsed', 'replayed', 'semantic'] as const;

/** Whether a model's answer fitted the output schema: at once, when asked once more, or not at all. */
export const OUTPUT_CHECKS = ['first', 'repaired', 'failed'] as const;

/** Why a model was asked: at first, then each time for what came of the try before. */
export const TRY_REASONS = ['first', 'key', 'again', 'fallback', 'hedge', 'resume', 'repair'] as const;
export type TryReason = (typeof TRY_REASONS)[number];

/**
 * How a try of a model call ended: with the answer; let go because another began to answer first; because the client left or the gateway ended the call; or in a failure, as
 * far as its kind shows (`cut`: the answer broke off; `nonsense`: it was none).
 */
export const TRY_OUTCOMES = [
  'answered',
  'lost',
  'client_left',
  'stopped',
  'invalid_request',
  'authentication',
  'permission',
  'not_found',
  'too_large',
  'rate_limit',
  'quota',
  'overloaded',
  'timeout',
  'server',
  'context_window',
  'content_policy',
  'cut',
  'nonsense',
] as const;
export type TryOutcome = (typeof TRY_OUTCOMES)[number];

/** Most tries of one call that are recorded: the first ones and the last. */
export const MAX_RECORDED_TRIES = 12;

/** One try of a call to a model. */
export const tryRecordSchema = z.object({
  reason: z.enum(TRY_REASONS),
  outcome: z.enum(TRY_OUTCOMES),
  /** The tenant's name for the model. */
  model: z.string().max(120),
  providerId: optionalId,
  /** The provider's key it was asked with; `null` for none. Never the secret. */
  keyId: optionalId,
  /** From the door to its start, and from there to its end, in milliseconds. */
  atMs: count,
  durationMs: count,
  /** From its start to its first token; `null` where none came or nothing was streamed. */
  firstTokenMs: count.nullable(),
  /** HTTP status of the provider; `null` where it did not answer. */
  status: z.number().int().nullable(),
});
export type TryRecord = z.infer<typeof tryRecordSchema>;
/**
 * What the gateway asks a model for on its own behalf, while it serves a call: the meaning of a text, for the model cache or
 * the choice of a model; a judgement or a moderation, for guardrails;
 * the same as the call, where another try of it answered (hedging).
 */
export const SIDE_PURPOSES = ['cache', 'routing', 'judge', 'moderation', 'hedge'] as const;
export type SidePurpose = (typeof SIDE_PURPOSES)[number];

/** Why a call went the way it did where models are chosen by meaning; the last three mean that no route fitted. */
export const MEANING_OUTCOMES = ['matched', 'below', 'late', 'failed', 'wordless'] as const;
/** How a call was led by its meaning: to which route, `null` for none, and how close the nearest was, -1 to 1. */
export const meaningRouteSchema = z.object({
  name: z.string().max(40).nullable(),
  outcome: z.enum(MEANING_OUTCOMES),
  closeness: z.number().min(-1).max(1).nullable(),
  /** How close each of the nearest was, nearest first. */
  scores: z.array(z.object({ name: z.string().max(40), closeness: z.number().min(-1).max(1) })).max(5),
});
export type MeaningRoute = z.infer<typeof meaningRouteSchema>;

/**
 * A kept answer to a question of the same meaning: how close the question is, and, where the model was asked all the same (a
 * cache on trial), how alike its answer is to the kept one. -1 to 1.
 */
export const semanticRecordSchema = z.object({
  closeness: z.number().min(-1).max(1),
  agreement: z.number().min(-1).max(1).nullable(),
});
export type SemanticRecord = z.infer<typeof semanticRecordSchema>;

/** What guardrails found in one call: each rule once, with how often; at most 12 rules. */
export const guardRecordSchema = z.object({
  outcome: z.enum(['pass', 'mask', 'block']),
  findings: z
    .array(
      z.object({
        check: z.string().max(40),
        rule: z.string().max(80),
        place: z.string().max(20),
        mode: z.enum(['observe', 'mask', 'block']),
        count: z.number().int(),
        /** 0 to 1, and why in a plain sentence; absent in records of earlier releases. */
        score: z.number().optional(),
        reason: z.string().max(200).optional(),
      }),
    )
    .max(12),
});
export type GuardRecord = z.infer<typeof guardRecordSchema>;

/** What refuses calls that would go beyond it: the caller's plan, a rule of the API's policy, a budget of its publisher, or the customer's credit. */
export const LIMIT_SOURCES = ['plan', 'policy', 'budget', 'credit'] as const;

/** Which limit had no room for a call, what the call would have taken of it at most, and how the limit stood. Costs in nano-units. */
export const limitRecordSchema = z.object({
  source: z.enum(LIMIT_SOURCES),
  name: z.string().max(200),
  budgetId: optionalId,
  counts: z.enum(['requests', 'requestBytes', 'tokens', 'cost', 'running']),
  /** Of costs; else empty. */
  currency: z.string().max(3),
  amount: z.number(),
  left: z.number(),
  /** Held by calls that ran at the time. */
  held: z.number(),
  wanted: z.number(),
  /** Until it begins anew; `null` for never. */
  resetSeconds: z.number().nullable(),
  /** What was done for the call to fit; absent where it was refused. */
  instead: z
    .discriminatedUnion('kind', [
      /** Its answer was allowed so many tokens. */
      z.object({ kind: z.literal('lowerOutput'), outputTokens: count }),
      /** It went to this model, by the tenant's name. */
      z.object({ kind: z.literal('cheaperModel'), model: z.string().max(120) }),
    ])
    .optional(),
});
export type LimitRecord = z.infer<typeof limitRecordSchema>;

/**
 * One answered (or refused) call of a known caller. `id` is the request id (UUIDv7, minted at the gateway's door); its
 * timestamp decides the day partition, so a duplicate always meets the original's unique key.
 */
export const usageEventSchema = z.object({
  id: z.uuid(),
  /** Publisher: the tenant whose API was called. For calls that reached no API, the caller's own tenant. */
  tenantId: z.uuid(),
  consumerTenantId: z.uuid(),
  applicationId: z.uuid(),
  keyId: z.uuid(),
  subscriptionId: optionalId,
  planId: optionalId,
  apiId: optionalId,
  apiVersionId: optionalId,
  routeId: optionalId,
  promptVersionId: optionalId,
  kind: z.enum(USAGE_KINDS),
  method: z.string().max(10),
  /** Path as called, without query, cut to 512 characters. */
  path: z.string().max(512),
  status: z.number().int().min(100).max(599),
  /** Refusal or error code; `null` for a call answered as asked. */
  code: z.string().max(64).nullable(),
  /** The tenant's name for the model. */
  model: z.string().max(120).nullable(),
  providerId: optionalId,
  /** The model name sent to (or answered by) the provider. */
  providerModel: z.string().max(200).nullable(),
  stream: z.boolean(),
  abortedBy: z.enum(ABORTED_BY),
  usageSource: z.enum(USAGE_SOURCES),
  /** All input tokens, cached ones included. */
  inputTokens: count,
  cachedInputTokens: count,
  /** Of the input tokens, those written into the provider's prompt cache, and of these the ones for an hour. Absent: none. */
  cacheWriteInputTokens: count.optional(),
  cacheWrite1hInputTokens: count.optional(),
  /** Sound: of the input tokens, of the cached ones, of the output tokens. Absent: none. */
  audioInputTokens: count.optional(),
  cachedAudioInputTokens: count.optional(),
  audioOutputTokens: count.optional(),
  /** Pictures: in the same way. */
  imageInputTokens: count.optional(),
  cachedImageInputTokens: count.optional(),
  imageOutputTokens: count.optional(),
  /** What else was used, where it is told or can be counted: pictures made, and their size and quality (`1024x1024/high`). */
  images: count.optional(),
  imageClass: z.string().max(41).optional(),
  /** Sound that was listened to, in milliseconds. */
  audioMs: count.optional(),
  /** Of text that was spoken. */
  characters: count.optional(),
  searchUnits: count.optional(),
  /** Of documents that were read. */
  pages: count.optional(),
  /** What was charged of the price's rates, in percent, where not all: batches. */
  ratePercent: z.number().int().min(1).max(100).optional(),
  /** All output tokens, reasoning ones included. */
  outputTokens: count,
  reasoningTokens: count,
  costNano: nano,
  currency: z.string().length(3),
  priceId: optionalId,
  /** Door to last byte, in microseconds. */
  durationUs: count,
  /** Time spent waiting on the upstream, in microseconds. */
  upstreamUs: count,
  /** Door to first streamed token, in microseconds. */
  ttftUs: count.nullable(),
  requestBytes: count,
  responseBytes: count,
  /** Upstream tries made for this call. */
  attempts: count,
  /** Of a call to a model, each try in order; absent where the only one answered. */
  tries: z.array(tryRecordSchema).max(MAX_RECORDED_TRIES).optional(),
  /** Absent when the upstream's own answer was given. */
  cache: z.enum(CACHE_USES).optional(),
  /** Why the model ended its answer (`stop`, `length`, `tool_calls`, …), where one was asked and said so. */
  finishReason: z.string().max(40).optional(),
  /** Variant of a traffic split; absent where traffic is not split. */
  variant: z.string().max(40).optional(),
  /** Of a prompt whose output has a schema, where the model answered. */
  outputCheck: z.enum(OUTPUT_CHECKS).optional(),
  /** Where its models are chosen by meaning. */
  meaningRoute: meaningRouteSchema.optional(),
  /** Where the model cache found an answer to a question of the same meaning, given or on trial. */
  semantic: semanticRecordSchema.optional(),
  /** Of a call the gateway made itself: what for, and for which call. Absent for calls of applications. */
  purpose: z.enum(SIDE_PURPOSES).optional(),
  parentId: z.uuid().optional(),
  /** What guardrails found, worst first; never the text it was found in. Absent where they found nothing. */
  guard: guardRecordSchema.optional(),
  /** Where the passages stand that a policy put into the call. */
  knowledge: knowledgeRecordSchema.optional(),
  /** What the caller says its calls belong together by (contracts/session-id); absent where it says nothing. */
  sessionId: z.string().max(MAX_SESSION_ID).optional(),
  /** For whom it was made and what it belongs to, as the caller says (contracts/attribution); absent where it says nothing. */
  endUser: z.string().max(MAX_END_USER).optional(),
  tags: z
    .record(z.string().regex(TAG_NAME), z.string().regex(TAG_VALUE))
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS)
    .optional(),
  /** Of a call with a party token: who acted, for whom, and which token (docs/party-tokens.md, PT-6.4). */
  party: z.object({ acting: z.string().max(64), principal: z.string().max(64), tokenId: z.uuid() }).optional(),
  /** Of a call that a limit or budget refused, or that was made smaller to fit. */
  limit: limitRecordSchema.optional(),
  /** Door to the first try at a model, in microseconds; absent where none was asked. */
  leftUs: count.optional(),
  /** Of a WebSocket: messages from the caller, and to it. */
  messages: z.object({ in: count, out: count }).optional(),
  node: z.string().max(64),
});
export type UsageEvent = z.infer<typeof usageEventSchema>;
