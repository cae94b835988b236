import type { DeliveryRules } from '@parley/contracts/deliveries';
import { isDelivered, nextTryMs } from '@parley/domain/deliveries/next-try';
import type { Pool, PoolClient } from 'pg';
import type { Claimed } from './claim.ts';
import { disableDestination, tellFailed } from './notices.ts';
import type { Outcome } from './send.ts';
import { withTransaction } from './transaction.ts';

/** 410: the receiver wants no more (Standard Webhooks). */
const GONE = 410;

export interface Place {
  readonly upstreamId: string;
  readonly upstreamSlug: string;
  readonly apiId: string;
  /** An application's own address: nothing to be switched off for good. */
  readonly callerChosen: boolean;
}

type End =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly waitMs: number }
  | { readonly state: 'failed' };

/** What becomes of a delivery after a try. */
function endOf(claimed: Claimed, rules: DeliveryRules, outcome: Outcome): End {
  if (isDelivered(outcome.status)) return { state: 'delivered' };
  const waitMs = outcome.status === GONE ? null : nextTryMs(rules, claimed.tries + 1, outcome);
  return waitMs === null ? { state: 'failed' } : { state: 'waiting', waitMs };
}

/**
 * Writes down how a try ended and what follows, in one transaction; nothing when the delivery is not held any more
 * (cancelled, or taken over by another process). Answers the state it left.
 */
export async function settleTry(
  pool: Pool,
  claimed: Claimed,
  { rules, outcome, place }: { rules: DeliveryRules; outcome: Outcome; place: Place },
): Promise<End['state'] | 'not held'> {
  const end = endOf(claimed, rules, outcome);
  return withTransaction(pool, async (client) => {
    await client.query(
      `UPDATE webhook_attempts SET ended_at = clock_timestamp(), status = $4, error = $5, duration_ms = $6, excerpt = $7
       WHERE tenant_id = $1 AND delivery_id = $2 AND number = $3`,
      [claimed.tenantId, claimed.id, claimed.start, outcome.status, outcome.error, outcome.durationMs, outcome.excerpt],
    );
    const held = await moveOn(client, claimed, { end, status: outcome.status, error: outcome.error, tried: 1 });
    if (!held) return 'not held';
    if (outcome.status === GONE && !place.callerChosen) await disableDestination(client, claimed.tenantId, place);
    else if (end.state === 'failed') await tellFailed(client, claimed, place);
    return end.state;
  });
}

/** Gives a delivery up without a try: there is nothing that could be sent, or nowhere to send it to. */
export async function giveUp(pool: Pool, claimed: Claimed, why: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(
      `UPDATE webhook_attempts SET ended_at = clock_timestamp(), error = $4
       WHERE tenant_id = $1 AND delivery_id = $2 AND number = $3`,
      [claimed.tenantId, claimed.id, claimed.start, why],
    );
    await moveOn(client, claimed, { end: { state: 'failed' }, status: null, error: why, tried: 0 });
  });
}

async function moveOn(
  client: PoolClient,
  claimed: Claimed,
  to: { end: End; status: number | null; error: string | null; tried: number },
): Promise<boolean> {
  const { end, status, error, tried } = to;
  const waitMs = end.state === 'waiting' ? end.waitMs : 0;
  const { rowCount } = await client.query(
    `UPDATE webhook_deliveries SET state = $4::delivery_state, lease = NULL, lost = 0, tries = tries + $5,
       last_status = $6, last_error = $7,
       next_try_at = clock_timestamp() + make_interval(secs => $8),
       ended_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE clock_timestamp() END
     WHERE tenant_id = $1 AND id = $2 AND lease = $3`,
    [claimed.tenantId, claimed.id, claimed.lease, end.state, tried, status, error, waitMs / 1000],
  );
  return rowCount === 1;
}
