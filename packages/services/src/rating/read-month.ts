import type { Transaction } from '@parley/db/client';
import type { CalendarPeriod } from '@parley/domain/calendar-period';
import { SLOT_MS, type UsageSlot } from '@parley/domain/rating/segments';
import { type SumsRow, slotOf } from './read-usage.ts';

/** More sums than this are not rated while somebody waits. */
export const MOST_GROUPS = 100_000;

/** What one subscription used in a month, and whose it is. */
export interface MonthOfSubscription {
  readonly subscriptionId: string;
  readonly customer: string;
  readonly application: string;
  readonly usage: readonly UsageSlot[];
}

/** The usage of an API's subscriptions in a month, of one plan or of one subscription where named; `null`: too much of it. */
export async function readMonth(
  tx: Transaction,
  of: {
    readonly tenantId: string;
    readonly apiId: string;
    readonly planId: string | null;
    readonly subscriptionId: string | null;
    readonly period: CalendarPeriod;
  },
): Promise<MonthOfSubscription[] | null> {
  const { startMs, endMs } = of.period;
  const rows = await tx.$queryRaw<(SumsRow & { subscription_id: string; customer: string; application: string })[]>`
    SELECT b.subscription_id, t.name AS customer, a.name AS application, ${startMs}::float8 AS slot_ms, b.plan_id, b.model, b.outcome, b.currency,
      sum(event_count)::bigint AS event_count, sum(input_tokens)::bigint AS input_tokens,
      sum(cached_input_tokens)::bigint AS cached_input_tokens, sum(cache_write_input_tokens)::bigint AS cache_write_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(total_tokens)::bigint AS total_tokens, sum(response_bytes)::bigint AS response_bytes,
      sum(cost_nano)::bigint AS cost_nano, bit_xor(event_hash) AS event_hash
    FROM billing_rollups b
    JOIN subscriptions s ON s.tenant_id = b.tenant_id AND s.id = b.subscription_id
    JOIN tenants t ON t.id = s.consumer_tenant_id
    JOIN applications a ON a.tenant_id = s.consumer_tenant_id AND a.id = s.application_id
    WHERE b.tenant_id = ${of.tenantId}::uuid AND s.api_id = ${of.apiId}::uuid
      AND (${of.planId}::uuid IS NULL OR b.plan_id = ${of.planId}::uuid)
      AND (${of.subscriptionId}::uuid IS NULL OR b.subscription_id = ${of.subscriptionId}::uuid)
      AND b.hour >= to_timestamp(${startMs}::float8 / 1000) - interval '1 hour' AND b.hour < to_timestamp(${endMs}::float8 / 1000)
      AND extract(epoch FROM b.hour) * 1000 + b.quarter * ${SLOT_MS}::int BETWEEN ${startMs}::float8 AND ${endMs}::float8 - 1
    GROUP BY b.subscription_id, t.name, a.name, b.plan_id, b.model, b.outcome, b.currency
    ORDER BY b.subscription_id LIMIT ${MOST_GROUPS + 1}::int`;
  if (rows.length > MOST_GROUPS) return null;
  return [...Map.groupBy(rows, (row) => row.subscription_id)].map(([subscriptionId, sums]) => ({
    subscriptionId,
    customer: sums[0]?.customer ?? '',
    application: sums[0]?.application ?? '',
    usage: sums.map(slotOf),
  }));
}
