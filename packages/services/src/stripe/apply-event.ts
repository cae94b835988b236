import { applyCheckout } from './apply-checkout.ts';
import { applyInvoice } from './apply-invoice.ts';
import { applyMeterReport } from './apply-meter-report.ts';
import { applyCreditNote, applyRefund } from './apply-refund.ts';
import { refreshCard } from './card.ts';
import { accountOfCustomer } from './customer.ts';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';

type Handler = (given: EventToApply) => Promise<Applied>;

async function applyCustomer(given: EventToApply): Promise<Applied> {
  const { access, db, event } = given;
  const account = event.customerId === null ? null : await accountOfCustomer(db, event.customerId);
  if (account === null) return NOT_OURS;
  const card = await refreshCard(access, db, account);
  return {
    outcome: card ? `Card ending in ${card.last4} is on file.` : 'No card is on file.',
    publisherId: account.tenantId,
  };
}

/** By the beginning of an event's type; the first that fits. */
const HANDLERS: readonly (readonly [string, Handler])[] = [
  ['checkout.session.', applyCheckout],
  ['invoice.', applyInvoice],
  ['refund.', applyRefund],
  ['credit_note.', applyCreditNote],
  ['customer.updated', applyCustomer],
  ['payment_method.', applyCustomer],
  ['v1.billing.meter.', applyMeterReport],
];

/**
 * Brings Parley in step with what an event is about, as it is now: handlers read the object anew, so that late, repeated
 * and reordered events do no harm. Throws what Stripe or the database say; the event is then tried again.
 */
export function applyEvent(given: EventToApply): Promise<Applied> {
  const handler = HANDLERS.find(([prefix]) => given.event.type.startsWith(prefix))?.[1];
  return handler ? handler(given) : Promise.resolve({ outcome: 'Nothing to do for this type.', publisherId: null });
}
