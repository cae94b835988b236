import { BILLABLE, BILLING_DIMENSIONS, BILLING_SUMS } from '@parley/services/usage/billing-sql';
import type { PoolClient } from 'pg';

/** What bills are made of, from the events of one tenant and hour: subscriptions' own calls, by quarters of an hour. */
const COMPUTE_BILLING = `
INSERT INTO billing_rollups (tenant_id, hour, ${[BILLING_DIMENSIONS, BILLING_SUMS].flatMap(Object.keys).join(', ')})
SELECT $1::uuid, $2::timestamptz, ${[BILLING_DIMENSIONS, BILLING_SUMS].flatMap(Object.values).join(', ')}
FROM usage_events
WHERE tenant_id = $1::uuid AND event_day = $3::date AND id >= $4::uuid AND id < $5::uuid AND ${BILLABLE}
GROUP BY ${Object.keys(BILLING_DIMENSIONS)
  .map((_, index) => index + 3)
  .join(', ')}`;

/** Whoever stands under a price is rated anew from this hour on. */
const MARK_FOR_RATING = `
INSERT INTO rating_marks AS m (tenant_id, subscription_id, since)
SELECT DISTINCT b.tenant_id, b.subscription_id, b.hour FROM billing_rollups b
WHERE b.tenant_id = $1::uuid AND b.hour = $2::timestamptz AND EXISTS (
  SELECT 1 FROM subscription_segments s WHERE s.tenant_id = b.tenant_id AND s.subscription_id = b.subscription_id)
ORDER BY b.subscription_id
ON CONFLICT (tenant_id, subscription_id)
DO UPDATE SET since = least(m.since, excluded.since), generation = m.generation + 1`;

/**
 * Sums what one hour's bills are made of from its events, and marks whoever stands under a price to be rated anew. `events`: tenant,
 * hour, its day, and the ids from which and before which its events are. Runs in the transaction of the hour's rollup.
 */
export async function recomputeBilling(client: PoolClient, events: readonly unknown[]): Promise<void> {
  const tenantAndHour = events.slice(0, 2);
  await client.query('DELETE FROM billing_rollups WHERE tenant_id = $1 AND hour = $2', tenantAndHour);
  await client.query(COMPUTE_BILLING, [...events]);
  await client.query(MARK_FOR_RATING, tenantAndHour);
}
