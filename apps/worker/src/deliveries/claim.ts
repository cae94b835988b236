import type { Pool } from 'pg';
import { withTransaction } from './transaction.ts';

/** A delivery that this process holds until its lease ends. */
export interface Claimed {
  readonly tenantId: string;
  readonly id: string;
  readonly lease: string;
  /** Number of this try over all rounds. */
  readonly start: number;
  /** Tries of this round that ended before it. */
  readonly tries: number;
  /** Processes that died over it since a try last ended. */
  readonly lost: number;
}

/** Claims are made one after another, over all workers: only so do the bounds hold exactly. */
const CLAIM_LOCK = 7_202_611;
/** Deliveries of one tenant that run at once, over all workers: nobody's slow destinations take every place. */
const PER_TENANT = 40;
/** What a lease has beside the time-out: room for reading, and for writing down how it ended. */
const LEASE_SECONDS = 10;

/**
 * Destinations are walked through the index of what is pending, one step each, however much waits for them; of each come
 * the oldest due deliveries that its bound leaves room for. Tenants take turns.
 */
const CLAIM = `
WITH RECURSIVE destinations AS (
  (SELECT tenant_id, upstream_id FROM webhook_deliveries WHERE state IN ('waiting', 'sending')
   ORDER BY tenant_id, upstream_id LIMIT 1)
  UNION ALL
  SELECT following.tenant_id, following.upstream_id FROM destinations b CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.upstream_id FROM webhook_deliveries d
    WHERE d.state IN ('waiting', 'sending') AND (d.tenant_id, d.upstream_id) > (b.tenant_id, b.upstream_id)
    ORDER BY d.tenant_id, d.upstream_id LIMIT 1) following
), room AS (
  SELECT b.*, running.n, sum(running.n) OVER (PARTITION BY b.tenant_id) AS of_tenant
  FROM destinations b CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM webhook_deliveries r WHERE r.tenant_id = b.tenant_id AND r.upstream_id = b.upstream_id
      AND r.state = 'sending' AND r.next_try_at > now()) running
), due AS (
  SELECT d.*, room.of_tenant, row_number() OVER (PARTITION BY d.tenant_id ORDER BY d.next_try_at, d.id) AS turn
  FROM room CROSS JOIN LATERAL (
    SELECT oldest.*, row_number() OVER (ORDER BY oldest.next_try_at, oldest.id) + room.n AS place FROM (
      SELECT w.tenant_id, w.id, w.next_try_at, w.concurrency FROM webhook_deliveries w
      WHERE w.tenant_id = room.tenant_id AND w.upstream_id = room.upstream_id AND w.state IN ('waiting', 'sending')
        AND w.next_try_at <= now()
      ORDER BY w.next_try_at, w.id LIMIT 50) oldest) d
  WHERE d.place <= d.concurrency
), chosen AS (
  SELECT tenant_id, id FROM due WHERE turn + of_tenant <= $2 ORDER BY turn, next_try_at LIMIT $1
), taken AS (
  UPDATE webhook_deliveries d SET state = 'sending', lease = gen_random_uuid(), starts = d.starts + 1,
    lost = CASE WHEN d.state = 'sending' THEN d.lost + 1 ELSE d.lost END,
    next_try_at = now() + make_interval(secs => $3 + (e.rules ->> 'timeoutSeconds')::int)
  FROM chosen c, webhook_events e WHERE d.tenant_id = c.tenant_id AND d.id = c.id AND e.tenant_id = d.tenant_id
    AND e.id = d.event_id
  RETURNING d.tenant_id, d.id, d.lease, d.starts, d.tries, d.lost
), noted AS (
  INSERT INTO webhook_attempts (tenant_id, delivery_id, number, started_at)
  SELECT tenant_id, id, starts, clock_timestamp() FROM taken
)
SELECT tenant_id AS "tenantId", id, lease, starts AS start, tries, lost FROM taken`;

/** Takes at most `limit` deliveries that are due, those of processes that died among them. */
export async function claimDeliveries(pool: Pool, limit: number): Promise<Claimed[]> {
  return withTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
    const { rows } = await client.query<Claimed>(CLAIM, [limit, PER_TENANT, LEASE_SECONDS]);
    return rows;
  });
}
