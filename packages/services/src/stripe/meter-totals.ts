import type { Database } from '@parley/db/client';
import { STRIPE_METERS } from './meter-name.ts';

/** How far back late calls still change what Stripe is told; Stripe takes 35 days. */
const BACK_DAYS = 34;

/**
 * Brings the hourly totals of every customer with an account at Stripe in step with the hourly sums of usage. The totals
 * are what was used, whole: never differences, so that sending one twice does no harm. Only hours that are over are told.
 * In the worker's scope; safe to repeat and to run at once.
 */
export async function gatherTotals(db: Database, now: Date): Promise<{ changed: number }> {
  const from = new Date(now.getTime() - BACK_DAYS * 86_400_000);
  const until = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
  const meters = STRIPE_METERS.map(({ meter }) => meter);
  const changed = await db.within({}, async (tx) => {
    const raised = await tx.$executeRaw`
      INSERT INTO stripe_meter_totals AS known (tenant_id, billing_account_id, meter, hour, total)
      SELECT a.tenant_id, a.id, m.meter, u.hour, sum(CASE m.meter
          WHEN 'requests' THEN u.event_count
          WHEN 'input_tokens' THEN u.input_tokens + u.cached_input_tokens + u.cache_write_input_tokens
          WHEN 'output_tokens' THEN u.output_tokens ELSE u.response_bytes END)::bigint
      FROM billing_accounts a
      JOIN billing_rollups u ON u.tenant_id = a.tenant_id AND u.consumer_tenant_id = a.consumer_tenant_id
        AND u.hour >= ${from} AND u.hour < ${until} AND u.outcome <> 'refused'
      CROSS JOIN unnest(${meters}::text[]) AS m(meter)
      WHERE a.stripe_customer_id IS NOT NULL
      GROUP BY 1, 2, 3, 4
      ON CONFLICT (tenant_id, billing_account_id, meter, hour) DO UPDATE
        SET total = excluded.total, revision = known.revision + 1, next_try_at = now(), tries = 0
        WHERE known.total <> excluded.total`;
    // An hour whose calls turned out to be nobody's is told as empty: Stripe would keep its last number.
    const emptied = await tx.$executeRaw`
      UPDATE stripe_meter_totals t SET total = 0, revision = revision + 1, next_try_at = now(), tries = 0
      FROM billing_accounts a
      WHERE a.tenant_id = t.tenant_id AND a.id = t.billing_account_id AND t.total <> 0 AND t.hour >= ${from}
        AND NOT EXISTS (SELECT 1 FROM billing_rollups u WHERE u.tenant_id = a.tenant_id AND u.hour = t.hour
          AND u.consumer_tenant_id = a.consumer_tenant_id AND u.outcome <> 'refused')`;
    return raised + emptied;
  });
  return { changed };
}
