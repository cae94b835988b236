import { knowledgeRecordSchema } from '@parley/contracts/knowledge';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { REFUSAL_EXPLANATIONS } from '@parley/contracts/refusal-explanations';
import {
  CACHE_USES,
  guardRecordSchema,
  meaningRouteSchema,
  OUTPUT_CHECKS,
  SIDE_PURPOSES,
  semanticRecordSchema,
  type TryRecord,
  tryRecordSchema,
} from '@parley/contracts/usage-event';
import type { Transaction } from '@parley/db/client';
import { ERROR_CLASSES, errorClassOf } from '@parley/domain/error-class';
import { Fault } from '@parley/kernel/fault';
import { idDay } from '@parley/kernel/id';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { chargedRates, chargedShape } from './charged-rates.ts';
import { isRequestId, partSql, requestFilterInput } from './request-filter.ts';
import { REQUEST_COLUMNS, type RequestRow, requestShape, requestsOut } from './request-shape.ts';
import { timelineOf, timelineSpan, tokensPerSecond } from './timeline.ts';

/** A call the gateway made to a model itself, as its parent shows it. */
const sideCallShape = z.object({
  id: z.uuid(),
  purpose: z.enum(SIDE_PURPOSES),
  model: z.string().nullable(),
  status: z.number().int(),
  code: z.string().nullable(),
  durationUs: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costNano: z.string(),
  currency: z.string(),
});

/** What only the publisher of the API may know of a call. */
const insideShape = z.object({
  provider: z.object({ id: z.string(), name: z.string().nullable(), slug: z.string().nullable() }).nullable(),
  /** The model as the provider calls it. */
  providerModel: z.string().nullable(),
  /** Where models are chosen by meaning: the route it went, and how close it was. */
  meaningRoute: meaningRouteSchema.nullable(),
  /** Tries made at the upstream. */
  attempts: z.number().int(),
  /** Of a call to a model: each try in order; empty where the only one answered. */
  tries: z.array(
    tryRecordSchema.omit({ providerId: true, keyId: true }).extend({
      provider: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
      /** The provider's key: its label as it is now, `null` where it was deleted. */
      key: z.object({ id: z.string(), label: z.string().nullable() }).nullable(),
    }),
  ),
  /** Gateway process that answered. */
  node: z.string(),
  routeId: z.string().nullable(),
  /** `null` when it is gone since, too. */
  route: z.object({ method: z.string(), path: z.string() }).nullable(),
  promptVersion: z
    .object({ id: z.string(), number: z.number().int().nullable(), prompt: z.string().nullable() })
    .nullable(),
  price: chargedShape.nullable(),
  /** What the gateway asked models itself for this call, in the order of asking; each is a call of its own. */
  sideCalls: z.array(sideCallShape),
});

const detailShape = requestShape.extend({
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
  subscriptionId: z.string().nullable(),
  /** How the answer came from what was kept; `null` when it is the upstream's own. */
  cache: z.enum(CACHE_USES).nullable(),
  /** An answer of the model cache to a question of the same meaning, given or on trial; `null` for none. */
  semantic: semanticRecordSchema.nullable(),
  /** Of a traffic split. */
  variant: z.string().nullable(),
  /** Whether the model’s answer fitted the output schema; `null` where there is none. */
  outputCheck: z.enum(OUTPUT_CHECKS).nullable(),
  /** What guardrails found; `null` for nothing, and for the consumer of somebody else's API. */
  guard: guardRecordSchema.nullable(),
  /** Where the passages stand that it was given; `null` for none, and for the consumer of somebody else's API. */
  knowledge: knowledgeRecordSchema.nullable(),
  /** Why the model ended its answer; `null` where none was asked or none said. */
  finishReason: z.string().nullable(),
  /** Of the input tokens, those written into the provider’s prompt cache, and of these the ones for an hour. */
  cacheWriteInputTokens: z.number().int(),
  cacheWrite1hInputTokens: z.number().int(),
  /** Sound: of the input tokens, of the cached ones, of the output tokens. */
  audioInputTokens: z.number().int(),
  cachedAudioInputTokens: z.number().int(),
  audioOutputTokens: z.number().int(),
  /** Pictures: in the same way. */
  imageInputTokens: z.number().int(),
  cachedImageInputTokens: z.number().int(),
  imageOutputTokens: z.number().int(),
  /** What else was used: pictures made (with size and quality, `1024x1024/high`), sound listened to, text spoken, searches, pages. */
  images: z.number().int(),
  imageClass: z.string(),
  audioMs: z.number().int(),
  characters: z.number().int(),
  searchUnits: z.number().int(),
  pages: z.number().int(),
  /** What was charged of the rates, in percent: less than 100 for calls of batches. */
  ratePercent: z.number().int(),
  /** What was asked and answered is kept until then, for who may read it (`requests.readBodies`). */
  bodiesUntil: timeShape.nullable(),
  /** What the caller said of the answer. */
  feedback: z.object({ score: z.number(), comment: z.string(), at: timeShape }).nullable(),
  /** Of a WebSocket: from the caller, and to it. */
  messages: z.object({ in: z.number().int(), out: z.number().int() }).nullable(),
  /** When the call reached the database. */
  storedAt: timeShape,
  /** What its caller says its calls belong together by. */
  sessionId: z.string().nullable(),
  /** Whose fault it is that it was not answered as asked; `null` when it was. */
  errorClass: z.enum(ERROR_CLASSES).nullable(),
  /** Where the time went, microseconds; the parts add up to `durationUs`. */
  time: z.object({
    gatewayUs: z.number().int(),
    firstTokenUs: z.number().int().nullable(),
    upstreamUs: z.number().int(),
  }),
  /** The same one after another, microseconds from the door; without gaps, up to `durationUs`. */
  timeline: z.array(timelineSpan),
  /** Output tokens a second while the model wrote; `null` without tokens. */
  tokensPerSecond: z.number().nullable(),
  /** Why the call was not answered as asked; `null` when it was, or when the code is the upstream's own. */
  explanation: z
    .object({
      title: z.string(),
      happened: z.string(),
      todo: z.string(),
      remedy: z.enum(['caller', 'publisher', 'operator', 'time']),
    })
    .nullable(),
  /** `null` for the consumer of somebody else's API. */
  inside: insideShape.nullable(),
});
type Inside = z.output<typeof insideShape>;

interface DetailRow extends RequestRow {
  requestBytes: number;
  responseBytes: number;
  subscriptionId: string | null;
  cache: (typeof CACHE_USES)[number] | null;
  semantic: string | null;
  meaningRoute: string | null;
  variant: string | null;
  outputCheck: (typeof OUTPUT_CHECKS)[number] | null;
  guard: string | null;
  knowledge: string | null;
  finishReason: string | null;
  cacheWriteInputTokens: number | null;
  cacheWrite1hInputTokens: number | null;
  audioInputTokens: number | null;
  cachedAudioInputTokens: number | null;
  audioOutputTokens: number | null;
  imageInputTokens: number | null;
  cachedImageInputTokens: number | null;
  imageOutputTokens: number | null;
  images: number | null;
  imageClass: string | null;
  audioMs: number | null;
  characters: number | null;
  searchUnits: number | null;
  pages: number | null;
  ratePercent: number | null;
  sessionId: string | null;
  leftUs: number | null;
  messagesIn: number | null;
  messagesOut: number | null;
  storedAtMs: number;
  providerId: string | null;
  providerModel: string | null;
  attempts: number;
  tries: string | null;
  node: string;
  routeId: string | null;
  promptVersionId: string | null;
  priceId: string | null;
}

const DETAIL_COLUMNS = `${REQUEST_COLUMNS}, request_bytes::float8 AS "requestBytes", response_bytes::float8 AS "responseBytes",
  subscription_id AS "subscriptionId", cache, semantic, meaning_route AS "meaningRoute", variant, output_check AS "outputCheck", guard, knowledge, finish_reason AS "finishReason",
  cache_write_input_tokens AS "cacheWriteInputTokens", cache_write_1h_input_tokens AS "cacheWrite1hInputTokens",
  audio_input_tokens AS "audioInputTokens", cached_audio_input_tokens AS "cachedAudioInputTokens",
  audio_output_tokens AS "audioOutputTokens", image_input_tokens AS "imageInputTokens",
  cached_image_input_tokens AS "cachedImageInputTokens", image_output_tokens AS "imageOutputTokens", images,
  image_class AS "imageClass", audio_ms AS "audioMs", characters, search_units AS "searchUnits", pages, rate_percent AS "ratePercent", session_id AS "sessionId",
  left_us::float8 AS "leftUs", messages_in::float8 AS "messagesIn",
  messages_out::float8 AS "messagesOut", (extract(epoch FROM ingested_at) * 1000)::float8 AS "storedAtMs",
  provider_id AS "providerId", provider_model AS "providerModel", attempts, tries, node, route_id AS "routeId",
  prompt_version_id AS "promptVersionId", price_id AS "priceId"`;

/** One call with all that is known of it. */
export const getRequest = defineVerb({
  name: 'requests.get',
  summary: 'Read one call: time, tokens, cost, and why it was refused.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/requests/{id}' },
  input: z.object({ id: z.uuid() }),
  output: detailShape,
  run: async ({ tx, input, tenantId }) => {
    const filter = requestFilterInput.parse({ search: input.id });
    const { sql, values } = partSql({ tenantId, filter, limit: 1, order: 'newest first' }, DETAIL_COLUMNS);
    const [row] = isRequestId(input.id) ? await tx.$queryRawUnsafe<DetailRow[]>(sql, ...values) : [];
    if (!row)
      throw new Fault('not_found', 'There is no such call. Calls appear a few seconds after they are answered.');
    const said = await tx.feedback.findFirst({ where: { tenantId: row.tenantId, id: row.id } });
    const bodies = await tx.callBodies.findFirst({
      where: { tenantId, id: row.id, keepUntil: { gt: new Date() } },
      select: { keepUntil: true },
    });
    const [item] = await requestsOut(tx, tenantId, [row]);
    const upstreamUs = Math.min(row.upstreamUs, row.durationUs);
    return {
      ...(item as NonNullable<typeof item>),
      requestBytes: row.requestBytes,
      responseBytes: row.responseBytes,
      subscriptionId: row.subscriptionId,
      cache: row.cache,
      // A trial is the publisher's business; an answer of the cache says so to whoever got it.
      semantic:
        row.semantic !== null && (row.tenantId === tenantId || row.cache === 'semantic')
          ? semanticRecordSchema.parse(JSON.parse(row.semantic))
          : null,
      variant: row.variant,
      outputCheck: row.outputCheck,
      // Which rules there are is the publisher's business.
      knowledge:
        row.knowledge !== null && row.tenantId === tenantId
          ? knowledgeRecordSchema.parse(JSON.parse(row.knowledge))
          : null,
      guard: row.guard !== null && row.tenantId === tenantId ? guardRecordSchema.parse(JSON.parse(row.guard)) : null,
      finishReason: row.finishReason,
      cacheWriteInputTokens: row.cacheWriteInputTokens ?? 0,
      cacheWrite1hInputTokens: row.cacheWrite1hInputTokens ?? 0,
      audioInputTokens: row.audioInputTokens ?? 0,
      cachedAudioInputTokens: row.cachedAudioInputTokens ?? 0,
      audioOutputTokens: row.audioOutputTokens ?? 0,
      imageInputTokens: row.imageInputTokens ?? 0,
      cachedImageInputTokens: row.cachedImageInputTokens ?? 0,
      imageOutputTokens: row.imageOutputTokens ?? 0,
      images: row.images ?? 0,
      imageClass: row.imageClass ?? '',
      audioMs: row.audioMs ?? 0,
      characters: row.characters ?? 0,
      searchUnits: row.searchUnits ?? 0,
      pages: row.pages ?? 0,
      ratePercent: row.ratePercent ?? 100,
      feedback: said ? { score: said.score, comment: said.comment, at: said.givenAt.toISOString() } : null,
      bodiesUntil: bodies?.keepUntil.toISOString() ?? null,
      messages: row.messagesIn === null ? null : { in: row.messagesIn, out: row.messagesOut ?? 0 },
      storedAt: new Date(row.storedAtMs).toISOString(),
      sessionId: row.sessionId,
      errorClass: errorClassOf(row),
      timeline: timelineOf(row),
      tokensPerSecond: tokensPerSecond(row),
      time: { gatewayUs: row.durationUs - upstreamUs, firstTokenUs: row.ttftUs, upstreamUs },
      explanation: explain(row.code),
      inside: row.tenantId === tenantId ? await insideOf(tx, row) : null,
    };
  },
});

function explain(code: string | null): z.output<typeof detailShape>['explanation'] {
  if (code === null || !Object.hasOwn(REFUSAL_EXPLANATIONS, code)) return null;
  const { title, happened, todo, remedy } = REFUSAL_EXPLANATIONS[code as RefusalCode];
  return { title, happened, todo, remedy };
}

async function insideOf(tx: Transaction, row: DetailRow): Promise<Inside> {
  const { tenantId, providerId, providerModel, attempts, node, routeId, promptVersionId, priceId } = row;
  const provider = providerId ? await tx.provider.findFirst({ where: { tenantId, id: providerId } }) : null;
  const version = promptVersionId
    ? await tx.promptVersion.findFirst({ where: { tenantId, id: promptVersionId }, include: { prompt: true } })
    : null;
  // They are named after their parent: its millisecond, and so its day.
  const sideCalls = await tx.$queryRaw<Inside['sideCalls']>`
    SELECT id, purpose, model, status::int, code, duration_us::float8 AS "durationUs", input_tokens AS "inputTokens",
      output_tokens AS "outputTokens", cost_nano::text AS "costNano", currency
    FROM usage_events
    WHERE tenant_id = ${tenantId}::uuid AND event_day = ${idDay(row.id)}::date AND parent_id = ${row.id}::uuid
      AND id >= ${`${row.id.slice(0, 13)}-0000-0000-000000000000`}::uuid
      AND id <= ${`${row.id.slice(0, 13)}-ffff-ffff-ffffffffffff`}::uuid
    ORDER BY ingested_at, id LIMIT 100`;
  const route = routeId
    ? await tx.route.findFirst({ where: { tenantId, id: routeId }, select: { method: true, path: true } })
    : null;
  const price = priceId ? await tx.modelPrice.findFirst({ where: { tenantId, id: priceId } }) : null;
  return {
    provider: providerId ? { id: providerId, name: provider?.name ?? null, slug: provider?.slug ?? null } : null,
    providerModel,
    meaningRoute: row.meaningRoute === null ? null : meaningRouteSchema.parse(JSON.parse(row.meaningRoute)),
    attempts,
    tries: await triesOf(tx, row),
    node,
    routeId,
    sideCalls,
    route,
    promptVersion: promptVersionId
      ? { id: promptVersionId, number: version?.number ?? null, prompt: version?.prompt.name ?? null }
      : null,
    price: price && chargedRates(price, row),
  };
}

/** The tries with the names of what they asked. */
async function triesOf(tx: Transaction, { tenantId, tries }: DetailRow): Promise<Inside['tries']> {
  if (tries === null) return [];
  const records = z.array(tryRecordSchema).parse(JSON.parse(tries));
  const idsOf = (pick: (one: TryRecord) => string | null): string[] =>
    records.map(pick).filter((id): id is string => id !== null);
  const providers = await tx.provider.findMany({ where: { tenantId, id: { in: idsOf((one) => one.providerId) } } });
  const keys = await tx.providerKey.findMany({ where: { tenantId, id: { in: idsOf((one) => one.keyId) } } });
  const nameOf = new Map(providers.map(({ id, name }) => [id, name]));
  const labelOf = new Map(keys.map(({ id, label }) => [id, label]));
  return records.map(({ providerId, keyId, ...one }) => ({
    ...one,
    provider: providerId === null ? null : { id: providerId, name: nameOf.get(providerId) ?? null },
    key: keyId === null ? null : { id: keyId, label: labelOf.get(keyId) ?? null },
  }));
}
