import type { Database } from '@parley/db/client';
import Stripe from 'stripe';
import type { StripeAccess } from './access.ts';
import { eventName, identifierOf, STRIPE_METERS } from './meter-name.ts';

/** A worker holds a customer this long; it stops sending well before. */
const LEASE_SECONDS = 120;
const SEND_FOR_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Lease {
  readonly tenantId: string;
  readonly accountId: string;
  readonly customerId: string;
  readonly until: Date;
}

interface Due {
  readonly meter: string;
  readonly hour: Date;
  readonly total: bigint;
  readonly revision: number;
  readonly tries: number;
}

/**
 * Makes Stripe's meters where they are missing: pre-aggregated by the hour, so that the total received last stands for the
 * hour, and summed over a billing period. A meter that exists is left as it is, if it counts in the same way; otherwise
 * throws, since numbers sent to it would mean something else.
 */
export async function ensureMeters(access: StripeAccess): Promise<void> {
  const known = new Map<string, Stripe.Billing.Meter>();
  for await (const meter of access.client.billing.meters.list({ status: 'active', limit: 100 })) {
    known.set(meter.event_name, meter);
  }
  for (const { meter, display } of STRIPE_METERS) {
    const found = known.get(eventName(meter));
    if (found && (found.event_time_window !== 'hour' || found.default_aggregation.formula !== 'sum')) {
      throw new Error(
        `The meter ${eventName(meter)} at Stripe does not sum hourly totals. Archive it: a right one is then made.`,
      );
    }
    if (found) continue;
    await access.client.billing.meters.create(
      {
        display_name: `Parley: ${display}`,
        event_name: eventName(meter),
        default_aggregation: { formula: 'sum' },
        event_time_window: 'hour',
      },
      { idempotencyKey: `parley-meter-${meter}-${known.size}` },
    );
  }
}

/** Takes a customer with totals to send, that nobody else is sending. */
async function takeLease(db: Database): Promise<Lease | null> {
  const rows = await db.within(
    {},
    (tx) => tx.$queryRaw<Lease[]>`
      WITH due AS (
        SELECT t.tenant_id, t.billing_account_id, a.stripe_customer_id FROM stripe_meter_totals t
        JOIN billing_accounts a ON a.tenant_id = t.tenant_id AND a.id = t.billing_account_id
        LEFT JOIN stripe_meter_leases l ON l.tenant_id = t.tenant_id AND l.billing_account_id = t.billing_account_id
        WHERE t.sent_revision < t.revision AND t.next_try_at <= now() AND a.stripe_customer_id IS NOT NULL
          AND (l.until IS NULL OR l.until <= now())
        ORDER BY t.next_try_at LIMIT 1),
      leased AS (
        INSERT INTO stripe_meter_leases AS held (tenant_id, billing_account_id, until)
        SELECT tenant_id, billing_account_id, date_trunc('milliseconds', now() + make_interval(secs => ${LEASE_SECONDS})) FROM due
        ON CONFLICT (tenant_id, billing_account_id) DO UPDATE SET until = excluded.until WHERE held.until <= now()
        RETURNING tenant_id, billing_account_id, until)
      SELECT d.tenant_id AS "tenantId", d.billing_account_id AS "accountId", d.stripe_customer_id AS "customerId", l.until
      FROM due d JOIN leased l USING (tenant_id, billing_account_id)`,
  );
  return rows[0] ?? null;
}

/**
 * Sends totals that changed, one customer after another and of each one after another. What Stripe says it has already
 * counts as delivered. Resolves when nothing is due; in the worker's scope.
 */
export async function sendTotals(access: StripeAccess, db: Database): Promise<{ sent: number; failed: number }> {
  const counts = { sent: 0, failed: 0 };
  for (let lease = await takeLease(db); lease !== null; lease = await takeLease(db)) {
    const stopAt = performance.now() + SEND_FOR_MS;
    for (const due of await dueOf(db, lease)) {
      if (performance.now() > stopAt) break;
      if (await send({ access, db, lease }, due)) counts.sent += 1;
      else counts.failed += 1;
    }
    await release(db, lease);
  }
  return counts;
}

function dueOf(db: Database, { tenantId, accountId }: Lease): Promise<Due[]> {
  return db.within(
    { tenantId },
    (tx) => tx.$queryRaw<Due[]>`
      SELECT meter, hour, total, revision, tries FROM stripe_meter_totals
      WHERE tenant_id = ${tenantId}::uuid AND billing_account_id = ${accountId}::uuid
        AND sent_revision < revision AND next_try_at <= now() ORDER BY hour, meter LIMIT 500`,
  );
}

/** Gives a customer free, unless somebody else holds them by now. */
function release(db: Database, { tenantId, accountId, until }: Lease): Promise<unknown> {
  return db.within({ tenantId }, (tx) =>
    tx.stripeMeterLease.deleteMany({ where: { tenantId, billingAccountId: accountId, until } }),
  );
}

async function send(given: { access: StripeAccess; db: Database; lease: Lease }, due: Due): Promise<boolean> {
  const { tenantId, accountId, customerId } = given.lease;
  const { meter, hour, total, revision } = due;
  const where = { tenantId, billingAccountId: accountId, meter, hour };
  const error = await offer(given.access, {
    event_name: eventName(meter),
    payload: { stripe_customer_id: customerId, value: total.toString() },
    identifier: identifierOf({ accountId, meter, hour, revision }),
    // Anywhere in the hour: its beginning.
    timestamp: Math.floor(hour.getTime() / 1000),
  });
  if (error === null) {
    // Only what was sent: the total may have changed meanwhile.
    await given.db.within({ tenantId }, (tx) =>
      tx.stripeMeterTotal.updateMany({
        where: { ...where, sentRevision: { lt: revision } },
        data: { sentRevision: revision, sentAt: new Date(), lastError: '', tries: 0 },
      }),
    );
    return true;
  }
  const pauseMs = Math.min(1_000 * 2 ** due.tries, LONGEST_PAUSE_MS);
  await given.db.within({ tenantId }, (tx) =>
    tx.stripeMeterTotal.updateMany({
      where,
      data: { tries: due.tries + 1, lastError: error.slice(0, 500), nextTryAt: new Date(Date.now() + pauseMs) },
    }),
  );
  return false;
}

/** Offers an event to Stripe; `null` once Stripe has it, also where it had it before. Otherwise why not. */
async function offer(access: StripeAccess, event: Stripe.Billing.MeterEventCreateParams): Promise<string | null> {
  try {
    await access.client.billing.meterEvents.create(event);
    return null;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && isDuplicate(error)) return null;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Stripe has no code for it: “An event already exists with identifier …”, status 400. */
const isDuplicate = (error: Stripe.errors.StripeInvalidRequestError): boolean =>
  error.statusCode === 400 && /already exists with identifier/i.test(error.message);
