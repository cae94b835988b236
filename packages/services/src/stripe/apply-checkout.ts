import { must } from '@parley/kernel/assert';
import { formatAmount } from '@parley/kernel/money';
import type Stripe from 'stripe';
import { applyPlanCheckout } from './apply-plan-checkout.ts';
import { refreshCard } from './card.ts';
import { grantPaid, idOf, type OurCheckout, paidAmount } from './checkout-session.ts';
import { accountOfCustomer } from './customer.ts';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';
import { payOpenInvoices } from './pay-open-invoices.ts';

/** A checkout session ended, or was paid for: credit is granted once, a card becomes the one invoices are charged to. */
export async function applyCheckout(given: EventToApply): Promise<Applied> {
  const { access, db, event } = given;
  if (event.objectId === null) return NOT_OURS;
  const session = await access.client.checkout.sessions.retrieve(event.objectId, {
    expand: ['setup_intent', 'payment_intent'],
  });
  const ours = await findCheckout(given, session);
  if (ours === null) return NOT_OURS;
  const publisherId = ours.tenantId;
  if (session.status === 'expired') {
    await end(given, ours, { state: 'expired' });
    return { outcome: 'Nobody paid in time; the page has expired.', publisherId };
  }
  if (session.status !== 'complete') return { outcome: 'The page is still open.', publisherId };
  if (ours.kind === 'topUp') return { outcome: await topUp(given, session, ours), publisherId };
  if (session.mode === 'payment' && session.payment_status !== 'paid') {
    return { outcome: 'The payment is not through yet.', publisherId };
  }
  const account = must(await accountOfCustomer(db, must(idOf(session.customer), 'the customer')), 'its account');
  const intent = session.mode === 'payment' ? session.payment_intent : session.setup_intent;
  const method = intent !== null && typeof intent === 'object' ? idOf(intent.payment_method) : null;
  if (method === null) return { outcome: 'No card was left.', publisherId };
  await access.client.customers.update(
    account.customerId,
    { invoice_settings: { default_payment_method: method } },
    { idempotencyKey: `parley-card-${session.id}` },
  );
  const card = await refreshCard(access, db, account);
  const kept = `Card ending in ${card?.last4 ?? '?'} is on file.`;
  const moved = ours.kind === 'plan' ? await applyPlanCheckout(given, session, ours) : null;
  await end(given, ours, { state: 'completed' });
  await payOpenInvoices(access, db, { account, method });
  return { outcome: moved === null ? kept : `${kept} ${moved}`, publisherId };
}

async function topUp(given: EventToApply, session: Stripe.Checkout.Session, ours: OurCheckout): Promise<string> {
  if (session.payment_status !== 'paid') return 'The payment is not through yet.';
  const { tenantId, currency } = ours;
  const amountNano = paidAmount(session, ours);
  await given.db.within({ tenantId }, async (tx) => {
    const grantId = await grantPaid(tx, { session, ours, amountNano, note: 'Bought by card' });
    await tx.stripeCheckout.update({
      where: { tenantId_id: { tenantId, id: ours.id } },
      data: { state: 'completed', endedAt: given.now, grantId, paymentIntentId: idOf(session.payment_intent) },
      select: { id: true },
    });
  });
  return `${formatAmount(amountNano)} ${currency} of credit was bought.`;
}

/** The row of a session: by its id, or where the answer that named it was lost, by what the session carries. */
function findCheckout({ db }: EventToApply, session: Stripe.Checkout.Session): Promise<OurCheckout | null> {
  return db.within({}, async (tx) => {
    const known = await tx.stripeCheckout.findUnique({ where: { sessionId: session.id } });
    if (known) return known;
    const { parley_publisher: tenantId, parley_checkout: id } = session.metadata ?? {};
    if (tenantId === undefined || id === undefined) return null;
    const { count } = await tx.stripeCheckout.updateMany({
      where: { tenantId, id, sessionId: null },
      data: { sessionId: session.id },
    });
    return count === 1 ? tx.stripeCheckout.findUnique({ where: { tenantId_id: { tenantId, id } } }) : null;
  });
}

function end(
  given: EventToApply,
  { tenantId, id }: OurCheckout,
  data: { state: 'expired' | 'completed' },
): Promise<unknown> {
  return given.db.within({ tenantId }, (tx) =>
    tx.stripeCheckout.updateMany({ where: { tenantId, id, state: 'open' }, data: { ...data, endedAt: given.now } }),
  );
}
