import { fromMinor } from '@parley/domain/billing/minor-units';
import { must } from '@parley/kernel/assert';
import { formatAmount } from '@parley/kernel/money';
import type Stripe from 'stripe';
import { grantCredit } from '../billing/grant-credit.ts';
import { refreshCard } from './card.ts';
import { accountOfCustomer } from './customer.ts';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';
import { payOpenInvoices } from './pay-open-invoices.ts';

interface OurCheckout {
  readonly tenantId: string;
  readonly id: string;
  readonly billingAccountId: string;
  readonly kind: 'topUp' | 'card';
  readonly amountNano: bigint | null;
  readonly currency: string;
}

const idOf = (value: string | { id: string } | null): string | null =>
  typeof value === 'object' && value !== null ? value.id : value;

/** A checkout session ended, or was paid for: credit is granted once, a card becomes the one invoices are charged to. */
export async function applyCheckout(given: EventToApply): Promise<Applied> {
  const { access, db, event } = given;
  if (event.objectId === null) return NOT_OURS;
  const session = await access.client.checkout.sessions.retrieve(event.objectId, { expand: ['setup_intent'] });
  const ours = await findCheckout(given, session);
  if (ours === null) return NOT_OURS;
  const publisherId = ours.tenantId;
  if (session.status === 'expired') {
    await end(given, ours, { state: 'expired' });
    return { outcome: 'Nobody paid in time; the page has expired.', publisherId };
  }
  if (session.status !== 'complete') return { outcome: 'The page is still open.', publisherId };
  if (ours.kind === 'topUp') return { outcome: await topUp(given, session, ours), publisherId };
  const account = must(await accountOfCustomer(db, must(idOf(session.customer), 'the customer')), 'its account');
  const intent = session.setup_intent;
  const method = intent !== null && typeof intent === 'object' ? idOf(intent.payment_method) : null;
  if (method === null) return { outcome: 'No card was left.', publisherId };
  await access.client.customers.update(
    account.customerId,
    { invoice_settings: { default_payment_method: method } },
    { idempotencyKey: `parley-card-${session.id}` },
  );
  const card = await refreshCard(access, db, account);
  await end(given, ours, { state: 'completed' });
  await payOpenInvoices(access, db, { account, method });
  return { outcome: `Card ending in ${card?.last4 ?? '?'} is on file.`, publisherId };
}

async function topUp(given: EventToApply, session: Stripe.Checkout.Session, ours: OurCheckout): Promise<string> {
  if (session.payment_status !== 'paid') return 'The payment is not through yet.';
  const { tenantId, currency } = ours;
  const amountNano = fromMinor(session.amount_total ?? 0, currency);
  if (session.currency?.toUpperCase() !== currency || amountNano !== ours.amountNano) {
    throw new Error(`Stripe took another amount than was asked for: ${session.amount_total} ${session.currency}`);
  }
  await given.db.within({ tenantId }, async (tx) => {
    const { grantId } = await grantCredit(tx, {
      tenantId,
      accountId: ours.billingAccountId,
      key: `topup:${session.id}`,
      kind: 'purchased',
      amountNano,
      note: 'Bought by card',
      occurredAt: new Date(session.created * 1000),
    });
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
