import type { Database } from '@parley/db/client';
import type { StripeAccess } from './access.ts';
import { applyEvent } from './apply-event.ts';
import type { EventToApply } from './event-to-apply.ts';

/** Taken up again after this, should whoever took it have died. */
const LEASE_SECONDS = 60;
const BATCH = 20;
/** Then a person is asked: some three days of tries. */
const MAX_TRIES = 20;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

interface Taken {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly customerId: string | null;
  readonly tries: number;
}

export interface WorkedEvents {
  readonly done: number;
  readonly failed: number;
}

function take(db: Database): Promise<Taken[]> {
  return db.within(
    {},
    (tx) => tx.$queryRaw<Taken[]>`
      UPDATE stripe_events SET tries = tries + 1, next_try_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE id IN (
        SELECT id FROM stripe_events WHERE state = 'waiting' AND next_try_at <= now()
        ORDER BY created_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id, type, object_id AS "objectId", customer_id AS "customerId", tries`,
  );
}

/**
 * Works on events that are due, some at a time, until none is. Those that fail are tried again later, ever more rarely;
 * after twenty tries they wait for a person. In the worker's scope.
 */
export async function workEvents(
  access: StripeAccess,
  db: Database,
  given: { readonly now: () => Date; readonly platformSharePpm: number },
): Promise<WorkedEvents> {
  const { platformSharePpm } = given;
  const worked = { done: 0, failed: 0 };
  for (let taken = await take(db); taken.length > 0; taken = await take(db)) {
    for (const event of taken) {
      const fine = await workOne({ access, db, now: given.now(), platformSharePpm }, event);
      if (fine) worked.done += 1;
      else worked.failed += 1;
    }
  }
  return worked;
}

async function workOne(given: Omit<EventToApply, 'event'>, event: Taken): Promise<boolean> {
  const { db, now } = given;
  const where = { id: event.id, state: 'waiting' as const };
  try {
    const { outcome, publisherId } = await applyEvent({ ...given, event });
    const data = { state: 'done' as const, doneAt: now, outcome, publisherId, lastError: '' };
    await db.within({}, (tx) => tx.stripeEvent.updateMany({ where, data }));
    return true;
  } catch (error) {
    const lastError = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (event.tries - 1), LONGEST_PAUSE_MS);
    const data = {
      lastError,
      nextTryAt: new Date(Date.now() + pauseMs),
      ...(event.tries >= MAX_TRIES ? { state: 'failed' as const } : {}),
      publisherId: await publisherOf(db, event.customerId),
    };
    await db.within({}, (tx) => tx.stripeEvent.updateMany({ where, data }));
    return false;
  }
}

async function publisherOf(db: Database, customerId: string | null): Promise<string | null> {
  if (customerId === null) return null;
  const row = await db.within({}, (tx) =>
    tx.billingAccount.findUnique({ where: { stripeCustomerId: customerId }, select: { tenantId: true } }),
  );
  return row?.tenantId ?? null;
}
