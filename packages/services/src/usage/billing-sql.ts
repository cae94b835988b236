/**
 * How a call ended, for its bill: domain's `outcomeOf` in SQL over a usage event's columns, in the same order. A test holds the
 * two together.
 */
const OUTCOME = `CASE
  WHEN aborted_by = 'client' THEN 'callerAborted'
  WHEN aborted_by = 'upstream' THEN 'upstreamCut'
  WHEN cache IS NOT NULL THEN 'cached'
  WHEN code IS NOT NULL AND attempts = 0 THEN 'refused'
  WHEN status >= 500 THEN 'serverError'
  WHEN status >= 400 THEN 'clientError'
  ELSE 'ok' END`;

/** Dimensions of a billing rollup row besides tenant and hour, and how an event gives each. */
export const BILLING_DIMENSIONS: Readonly<Record<string, string>> = {
  subscription_id: 'subscription_id',
  quarter: "(extract(minute FROM occurred_at AT TIME ZONE 'UTC')::int / 15)",
  plan_id: "coalesce(plan_id, '00000000-0000-0000-0000-000000000000')",
  model: "coalesce(model, '')",
  outcome: OUTCOME,
  currency: 'currency',
};

/** Sums of a billing rollup row, and how events give each: domain's `quantitiesOf` in SQL. */
export const BILLING_SUMS: Readonly<Record<string, string>> = {
  // The same for all of a subscription.
  consumer_tenant_id: 'min(consumer_tenant_id::text)::uuid',
  event_count: 'count(*)',
  input_tokens: 'sum(greatest(0, input_tokens::bigint - cached_input_tokens - coalesce(cache_write_input_tokens, 0)))',
  cached_input_tokens: 'sum(cached_input_tokens)',
  cache_write_input_tokens: 'sum(coalesce(cache_write_input_tokens, 0))',
  output_tokens: 'sum(output_tokens)',
  reasoning_tokens: 'sum(reasoning_tokens)',
  total_tokens: 'sum(input_tokens::bigint + output_tokens)',
  response_bytes: 'sum(response_bytes)',
  cost_nano: 'sum(cost_nano)',
  event_hash: 'bit_xor(hashtextextended(id::text, 0))',
};

/** Which events are billed at all: calls of subscriptions, never what the gateway asks models itself. */
export const BILLABLE = 'subscription_id IS NOT NULL AND purpose IS NULL';
