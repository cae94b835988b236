import { createHash } from 'node:crypto';
import type { Outcome } from '@parley/contracts/plan-pricing';
import type { Transaction } from '@parley/db/client';
import type { CalendarPeriod } from '@parley/domain/calendar-period';
import { type PricedSegment, SLOT_MS, trialEnd, type UsageSlot } from '@parley/domain/rating/segments';

export interface ReadUsage {
  readonly usage: readonly UsageSlot[];
  /** SHA-256 of what was read: the same as long as the events are. */
  readonly hash: string;
}

/** Sums over billing rollups, as the database gives them. */
export interface SumsRow {
  slot_ms: number;
  plan_id: string;
  model: string;
  outcome: string;
  currency: string;
  event_count: bigint;
  input_tokens: bigint;
  cached_input_tokens: bigint;
  cache_write_input_tokens: bigint;
  output_tokens: bigint;
  reasoning_tokens: bigint;
  total_tokens: bigint;
  response_bytes: bigint;
  cost_nano: bigint;
  event_hash: bigint;
}

/**
 * A subscription's usage of a period, summed as far as rating allows: between the slots in which a segment or a trial begins or
 * ends, all alike calls in one row.
 */
export async function readUsage(
  tx: Transaction,
  of: { readonly tenantId: string; readonly subscriptionId: string },
  { period, segments, startedMs }: { period: CalendarPeriod; segments: readonly PricedSegment[]; startedMs: number },
): Promise<ReadUsage> {
  const rows = await tx.$queryRaw<SumsRow[]>`
    WITH slots AS (
      SELECT extract(epoch FROM hour) * 1000 + quarter * ${SLOT_MS}::int AS slot, *
      FROM billing_rollups
      WHERE tenant_id = ${of.tenantId}::uuid AND subscription_id = ${of.subscriptionId}::uuid
        AND hour >= to_timestamp(${period.startMs}::float8 / 1000) - interval '1 hour' AND hour < to_timestamp(${period.endMs}::float8 / 1000)
    )
    SELECT min(slot)::float8 AS slot_ms, plan_id, model, outcome, currency,
      sum(event_count)::bigint AS event_count, sum(input_tokens)::bigint AS input_tokens,
      sum(cached_input_tokens)::bigint AS cached_input_tokens, sum(cache_write_input_tokens)::bigint AS cache_write_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(total_tokens)::bigint AS total_tokens, sum(response_bytes)::bigint AS response_bytes,
      sum(cost_nano)::bigint AS cost_nano, bit_xor(event_hash) AS event_hash
    FROM slots WHERE slot >= ${period.startMs}::float8 AND slot < ${period.endMs}::float8
    GROUP BY width_bucket(slot::float8, ${edges(segments, startedMs)}::float8[]), plan_id, model, outcome, currency
    ORDER BY slot_ms, plan_id, model, outcome, currency`;
  return { usage: rows.map(slotOf), hash: hashOf(rows) };
}

/** Begins and ends of the slots in which something changes, in order. */
function edges(segments: readonly PricedSegment[], startedMs: number): number[] {
  const changes = segments.flatMap(({ fromMs, untilMs, price }) => [
    fromMs,
    ...(untilMs === null ? [] : [untilMs]),
    trialEnd(startedMs, price.pricing.trialDays),
  ]);
  const slots = changes.map((ms) => Math.floor(ms / SLOT_MS) * SLOT_MS);
  return [...new Set(slots.flatMap((ms) => [ms, ms + SLOT_MS]))].sort((a, b) => a - b);
}

export function slotOf(row: SumsRow): UsageSlot {
  return {
    slotMs: row.slot_ms,
    planId: row.plan_id,
    model: row.model,
    outcome: row.outcome as Outcome,
    currency: row.currency,
    used: {
      requests: row.event_count,
      inputTokens: row.input_tokens,
      cachedInputTokens: row.cached_input_tokens,
      cacheWriteInputTokens: row.cache_write_input_tokens,
      outputTokens: row.output_tokens,
      reasoningTokens: row.reasoning_tokens,
      totalTokens: row.total_tokens,
      responseBytes: row.response_bytes,
      cost: row.cost_nano,
    },
  };
}

function hashOf(rows: readonly SumsRow[]): string {
  const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return createHash('sha256').update(text).digest('hex');
}
