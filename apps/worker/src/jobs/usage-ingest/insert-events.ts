import type { UsageEvent } from '@parley/contracts/usage-event';
import { idDay, idTimeMs } from '@parley/kernel/id';
import type { Pool } from 'pg';

/** Columns of `usage_events` in the order they are sent, each as one array: `raw` values need no quoting in it. */
const COLUMNS: readonly (readonly [
  column: string,
  type: 'uuid' | 'date' | 'timestamptz' | 'text' | 'jsonb' | 'int' | 'smallint' | 'bigint' | 'boolean',
  value: (event: UsageEvent) => string | number | boolean | null,
])[] = [
  ['tenant_id', 'uuid', (e) => e.tenantId],
  ['event_day', 'date', (e) => idDay(e.id)],
  ['id', 'uuid', (e) => e.id],
  ['occurred_at', 'timestamptz', (e) => new Date(idTimeMs(e.id)).toISOString()],
  ['consumer_tenant_id', 'uuid', (e) => e.consumerTenantId],
  ['application_id', 'uuid', (e) => e.applicationId],
  ['key_id', 'uuid', (e) => e.keyId],
  ['subscription_id', 'uuid', (e) => e.subscriptionId],
  ['plan_id', 'uuid', (e) => e.planId],
  ['api_id', 'uuid', (e) => e.apiId],
  ['api_version_id', 'uuid', (e) => e.apiVersionId],
  ['route_id', 'uuid', (e) => e.routeId],
  ['prompt_version_id', 'uuid', (e) => e.promptVersionId],
  ['kind', 'text', (e) => e.kind],
  ['method', 'text', (e) => e.method],
  ['path', 'text', (e) => e.path],
  ['status', 'smallint', (e) => e.status],
  ['code', 'text', (e) => e.code],
  ['model', 'text', (e) => e.model],
  ['provider_id', 'uuid', (e) => e.providerId],
  ['provider_model', 'text', (e) => e.providerModel],
  ['stream', 'boolean', (e) => e.stream],
  ['aborted_by', 'text', (e) => e.abortedBy],
  ['usage_source', 'text', (e) => e.usageSource],
  ['input_tokens', 'int', (e) => e.inputTokens],
  ['cached_input_tokens', 'int', (e) => e.cachedInputTokens],
  ['output_tokens', 'int', (e) => e.outputTokens],
  ['reasoning_tokens', 'int', (e) => e.reasoningTokens],
  ['cost_nano', 'bigint', (e) => e.costNano],
  ['currency', 'text', (e) => e.currency],
  ['price_id', 'uuid', (e) => e.priceId],
  ['duration_us', 'bigint', (e) => e.durationUs],
  ['upstream_us', 'bigint', (e) => e.upstreamUs],
  ['ttft_us', 'bigint', (e) => e.ttftUs],
  ['request_bytes', 'bigint', (e) => e.requestBytes],
  ['response_bytes', 'bigint', (e) => e.responseBytes],
  ['attempts', 'smallint', (e) => e.attempts],
  ['cache', 'text', (e) => e.cache ?? null],
  ['variant', 'text', (e) => e.variant ?? null],
  ['cache_write_input_tokens', 'int', (e) => e.cacheWriteInputTokens ?? null],
  ['cache_write_1h_input_tokens', 'int', (e) => e.cacheWrite1hInputTokens ?? null],
  ['audio_input_tokens', 'int', (e) => e.audioInputTokens ?? null],
  ['cached_audio_input_tokens', 'int', (e) => e.cachedAudioInputTokens ?? null],
  ['audio_output_tokens', 'int', (e) => e.audioOutputTokens ?? null],
  ['image_input_tokens', 'int', (e) => e.imageInputTokens ?? null],
  ['cached_image_input_tokens', 'int', (e) => e.cachedImageInputTokens ?? null],
  ['image_output_tokens', 'int', (e) => e.imageOutputTokens ?? null],
  ['images', 'int', (e) => e.images ?? null],
  ['image_class', 'text', (e) => e.imageClass ?? null],
  ['audio_ms', 'int', (e) => e.audioMs ?? null],
  ['characters', 'int', (e) => e.characters ?? null],
  ['search_units', 'int', (e) => e.searchUnits ?? null],
  ['pages', 'int', (e) => e.pages ?? null],
  ['rate_percent', 'smallint', (e) => e.ratePercent ?? null],
  ['finish_reason', 'text', (e) => e.finishReason ?? null],
  ['output_check', 'text', (e) => e.outputCheck ?? null],
  ['guard', 'text', (e) => (e.guard ? JSON.stringify(e.guard) : null)],
  ['knowledge', 'text', (e) => (e.knowledge ? JSON.stringify(e.knowledge) : null)],
  ['session_id', 'text', (e) => e.sessionId ?? null],
  ['end_user', 'text', (e) => e.endUser ?? null],
  ['tags', 'jsonb', (e) => (e.tags ? JSON.stringify(e.tags) : null)],
  ['party_acting', 'text', (e) => e.party?.acting ?? null],
  ['party_principal', 'text', (e) => e.party?.principal ?? null],
  ['party_token_id', 'uuid', (e) => e.party?.tokenId ?? null],
  ['limit_record', 'text', (e) => (e.limit ? JSON.stringify(e.limit) : null)],
  ['left_us', 'bigint', (e) => e.leftUs ?? null],
  ['messages_in', 'bigint', (e) => e.messages?.in ?? null],
  ['messages_out', 'bigint', (e) => e.messages?.out ?? null],
  ['tries', 'text', (e) => (e.tries ? JSON.stringify(e.tries) : null)],
  ['meaning_route', 'text', (e) => (e.meaningRoute ? JSON.stringify(e.meaningRoute) : null)],
  ['semantic', 'text', (e) => (e.semantic ? JSON.stringify(e.semantic) : null)],
  ['purpose', 'text', (e) => e.purpose ?? null],
  ['parent_id', 'uuid', (e) => e.parentId ?? null],
  ['node', 'text', (e) => e.node],
];

/**
 * One statement, so one transaction: events that are not stored yet, and a mark on each hour that got one. What a mark
 * says ("newer events than the rollup") is true exactly when the events are there.
 */
const INSERT = `
WITH stored AS (
  INSERT INTO usage_events (${COLUMNS.map(([column]) => column).join(', ')})
  SELECT * FROM unnest(${COLUMNS.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
  ON CONFLICT DO NOTHING
  RETURNING tenant_id, occurred_at
), hours AS (
  SELECT tenant_id, date_trunc('hour', occurred_at, 'UTC') AS hour, count(*) AS events FROM stored GROUP BY 1, 2
), marked AS (
  INSERT INTO rollup_dirty_hours (tenant_id, hour) SELECT tenant_id, hour FROM hours ORDER BY tenant_id, hour
  ON CONFLICT (tenant_id, hour) DO UPDATE SET generation = rollup_dirty_hours.generation + 1
)
SELECT coalesce(sum(events), 0)::int AS inserted FROM hours`;

/**
 * Stores events that are not stored yet and marks their hours for the rollup; returns how many were new. The events must
 * have passed `checkEvents`, and their day partitions must exist. Sorted by id first: two batches with common events wait
 * for one another in the same order, never crosswise.
 */
export async function insertEvents(pool: Pool, events: readonly UsageEvent[]): Promise<number> {
  const sorted = [...events].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const arrays = COLUMNS.map(([, type, value]) =>
    type === 'text' || type === 'jsonb' ? textArray(sorted, value) : plainArray(sorted, value),
  );
  const { rows } = await pool.query<{ inserted: number }>({ name: 'usage-insert', text: INSERT, values: arrays });
  return rows[0]?.inserted ?? 0;
}

type Value = (typeof COLUMNS)[number][2];

/** A PostgreSQL array literal of values whose text needs no quotes: numbers, ids, times, booleans. */
function plainArray(events: readonly UsageEvent[], value: Value): string {
  let out = '';
  for (const event of events) out += out === '' ? (value(event) ?? 'NULL') : `,${value(event) ?? 'NULL'}`;
  return `{${out}}`;
}

const SPECIAL = /[\\"]/g;
const NUL = /\0/g;

/** A PostgreSQL array literal of quoted texts. NUL, which a text cannot hold, becomes U+FFFD. */
function textArray(events: readonly UsageEvent[], value: Value): string {
  let out = '';
  for (const event of events) {
    const text = value(event);
    const item = text === null ? 'NULL' : `"${String(text).replace(NUL, '\uFFFD').replace(SPECIAL, '\\$&')}"`;
    out += out === '' ? item : `,${item}`;
  }
  return `{${out}}`;
}
