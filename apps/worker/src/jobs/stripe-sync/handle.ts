import { JOBS } from '@parley/contracts/jobs';
import { dun } from '@parley/services/stripe/dun';
import { gatherTotals } from '@parley/services/stripe/meter-totals';
import { mirrorInvoices } from '@parley/services/stripe/mirror-invoices';
import { reconcileCheckouts } from '@parley/services/stripe/reconcile-checkouts';
import { ensureMeters, sendTotals } from '@parley/services/stripe/send-totals';
import { syncProducts } from '@parley/services/stripe/sync-products';
import { tellMoves } from '@parley/services/stripe/tell-moves';
import { workEvents } from '@parley/services/stripe/work-events';
import { defineJob } from '../../job.ts';

/**
 * What Parley and Stripe have to tell one another. Everything is taken from tables with tries and pauses of their own, so a
 * run that fails is made up for by the next. Nothing is done while Stripe is off.
 */
export const stripeSync = defineJob({
  name: 'stripe.sync',
  schema: JOBS['stripe.sync'].schema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const { stripe, db, clock } = ports;
    if (stripe === null) return;
    const now = (): Date => new Date(clock.nowMs());
    if (payload.part === 'events') {
      const worked = await workEvents(stripe, db, { now, platformSharePpm: ports.platformSharePpm });
      const { mirrored } = await mirrorInvoices(stripe, db, now);
      await tellMoves(stripe, db);
      if (worked.failed > 0) log.warn('some of what Stripe told failed and is tried again', { failed: worked.failed });
      if (mirrored > 0) log.info('invoices were handed to Stripe', { mirrored });
      return;
    }
    if (payload.part === 'sweep') {
      await dun(db, now());
      await syncProducts(stripe, db);
      await reconcileCheckouts(stripe, db, now());
      return;
    }
    await ensureMeters(stripe);
    await gatherTotals(db, now());
    const { failed } = await sendTotals(stripe, db);
    if (failed > 0) log.warn('some totals were not taken by Stripe and are sent again', { failed });
  },
});
