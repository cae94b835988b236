import { bucketStartUs, LATENCY_BUCKET_COUNT } from '@parley/domain/latency-buckets';

/**
 * Where the buckets of domain's latency histogram end, in µs: `width_bucket(us, edges)` then gives the same index as
 * `bucketOf` (the number of edges not above the value).
 */
export const BUCKET_EDGES_US: readonly number[] = Array.from({ length: LATENCY_BUCKET_COUNT - 1 }, (_, i) =>
  bucketStartUs(i + 1),
);

/** Dimensions of a rollup row in the order of its key, and how an event gives each. */
export const ROLLUP_DIMENSIONS: Readonly<Record<string, string>> = {
  consumer_tenant_id: 'consumer_tenant_id',
  application_id: 'application_id',
  key_id: 'key_id',
  api_id: "coalesce(api_id, '00000000-0000-0000-0000-000000000000')",
  api_version_id: "coalesce(api_version_id, '00000000-0000-0000-0000-000000000000')",
  plan_id: "coalesce(plan_id, '00000000-0000-0000-0000-000000000000')",
  model: "coalesce(model, '')",
  currency: 'currency',
};

/** Calls of applications, as opposed to what the gateway asks models itself: those cost, and are no requests. */
const ASKED = 'purpose IS NULL';

/** Sums of a rollup row, and how events give each. */
export const ROLLUP_SUMS: Readonly<Record<string, string>> = {
  requests: `count(*) FILTER (WHERE ${ASKED})`,
  client_errors: `count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND ${ASKED})`,
  server_errors: `count(*) FILTER (WHERE status >= 500 AND ${ASKED})`,
  limited: `count(*) FILTER (WHERE status = 429 AND ${ASKED})`,
  input_tokens: 'sum(input_tokens)',
  cached_input_tokens: 'sum(cached_input_tokens)',
  output_tokens: 'sum(output_tokens)',
  reasoning_tokens: 'sum(reasoning_tokens)',
  cost_nano: 'sum(cost_nano)',
  request_bytes: 'sum(request_bytes)',
  response_bytes: 'sum(response_bytes)',
  duration_us: `coalesce(sum(duration_us) FILTER (WHERE ${ASKED}), 0)`,
};
