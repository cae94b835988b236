import type { Database } from '@parley/db/client';
import type { StripeAccess } from './access.ts';
import { applyCheckout } from './apply-checkout.ts';

/** A webhook has had this long to come. */
const PATIENCE_SECONDS = 120;
const BATCH = 50;

/** Asks Stripe about pages that nothing was heard of: a webhook may never come. In the worker's scope. */
export async function reconcileCheckouts(access: StripeAccess, db: Database, now: Date): Promise<{ asked: number }> {
  const open = await db.within({}, (tx) =>
    tx.stripeCheckout.findMany({
      where: {
        state: 'open',
        sessionId: { not: null },
        createdAt: { lt: new Date(now.getTime() - PATIENCE_SECONDS * 1000) },
      },
      orderBy: { createdAt: 'asc' },
      take: BATCH,
      select: { sessionId: true },
    }),
  );
  for (const { sessionId } of open) {
    const event = { id: 'asked', type: 'checkout.session.asked', objectId: sessionId, customerId: null };
    await applyCheckout({ access, db, event, now, platformSharePpm: 0 });
  }
  return { asked: open.length };
}
