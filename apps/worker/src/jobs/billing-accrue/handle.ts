import { JOBS } from '@parley/contracts/jobs';
import type { Pool } from 'pg';
import { alignCredit } from '../../credit/counters.ts';
import { defineJob } from '../../job.ts';
import { accrueMarked, type MarkedSubscription } from './accrue-marked.ts';

const AT_MOST = 2_000;
/** A mark waits this long, so that a busy subscription is posted twice a minute and not after every call. */
const SETTLE_MS = 30_000;

/** Usage of the last two days is rated anew with `all`: fees of a month that began, minimums of one that ended. */
const MARK_ALL = `
INSERT INTO rating_marks AS m (tenant_id, subscription_id, since)
SELECT DISTINCT tenant_id, subscription_id, now() - interval '2 days' FROM subscription_segments
WHERE from_at <= now() AND (until_at IS NULL OR until_at > now() - interval '3 days')
ORDER BY tenant_id, subscription_id
ON CONFLICT (tenant_id, subscription_id)
DO UPDATE SET since = least(m.since, excluded.since), generation = m.generation + 1`;

/**
 * Rates every subscription whose usage or price changed and posts the differences to the ledger, and then brings gateways' counters of
 * credit to what is booked. One that fails is logged and tried again later; it does not keep others waiting.
 */
export const billingAccrue = defineJob({
  name: 'billing.accrue',
  schema: JOBS['billing.accrue'].schema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    if (payload.all) await ports.pool.query(MARK_ALL);
    for (const marked of await dueMarks(ports.pool, payload.subscriptionId ?? null)) {
      try {
        const unrated = await accrueMarked(ports, marked);
        if (unrated.length > 0) {
          const what = unrated.map(({ ruleId, currency, quantity }) => `${ruleId}: ${quantity} ${currency}`);
          log.error('usage cannot be charged: its cost is in another currency than the price', { ...marked, what });
        }
      } catch (error) {
        log.error('a subscription could not be rated; it is tried again', { ...marked, error });
        await postpone(ports.pool, marked);
      }
    }
    if (payload.subscriptionId === undefined) await alignCredit(ports);
  },
});

/** Marks that have settled, or at once that of one subscription. */
async function dueMarks(pool: Pool, only: string | null): Promise<MarkedSubscription[]> {
  const { rows } = await pool.query<{ tenant_id: string; subscription_id: string }>(
    `SELECT tenant_id, subscription_id FROM rating_marks
     WHERE CASE WHEN $2::uuid IS NULL THEN marked_at <= clock_timestamp() - make_interval(secs => $1) ELSE subscription_id = $2 END
     ORDER BY marked_at LIMIT ${AT_MOST}`,
    [SETTLE_MS / 1000, only],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, subscriptionId: row.subscription_id }));
}

async function postpone(pool: Pool, { tenantId, subscriptionId }: MarkedSubscription): Promise<void> {
  await pool.query(
    'UPDATE rating_marks SET marked_at = clock_timestamp() WHERE tenant_id = $1 AND subscription_id = $2',
    [tenantId, subscriptionId],
  );
}
