import type { Transaction } from '@parley/db/client';
import type { OurRow } from './usage-export/compare.ts';

interface Row extends Omit<OurRow, 'costNano'> {
  readonly costNano: string;
}

/**
 * What went to a provider on days of UTC, by the model that answered there: calls the provider was asked for, what the gateway asked
 * itself included; not what came from a cache or was refused. From the calls themselves: hourly sums know neither provider nor its
 * names of models. Failed calls count only with tokens. Days are first and last, `2026-10-31`.
 */
export async function readProviderUsage(
  tx: Transaction,
  of: { readonly tenantId: string; readonly providerId: string; readonly from: string; readonly to: string },
): Promise<OurRow[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT event_day::text AS day, coalesce(provider_model, model, '') AS model, currency, count(*)::float8 AS calls,
      sum(input_tokens)::float8 AS "inputTokens", sum(cached_input_tokens)::float8 AS "cachedInputTokens",
      sum(output_tokens)::float8 AS "outputTokens", sum(cost_nano)::text AS "costNano",
      (count(*) FILTER (WHERE price_id IS NULL AND input_tokens + output_tokens > 0))::float8 AS unpriced,
      (count(*) FILTER (WHERE usage_source = 'estimated'))::float8 AS estimated
    FROM usage_events
    WHERE tenant_id = ${of.tenantId}::uuid AND event_day BETWEEN ${of.from}::date AND ${of.to}::date AND provider_id = ${of.providerId}::uuid
      AND cache IS NULL AND attempts > 0 AND (status < 400 OR input_tokens + output_tokens > 0)
    GROUP BY 1, 2, 3`;
  return rows.map((row) => ({ ...row, costNano: BigInt(row.costNano) }));
}
