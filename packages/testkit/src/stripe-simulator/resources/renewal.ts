import { metersOf } from '../meter-events.ts';
import type { World } from '../world.ts';
import { addLine, attempt, attemptIfDue, draftInvoice, finalize } from './invoice-acts.ts';
import type { Price } from './products.ts';
import type { Subscription, SubscriptionItem } from './subscriptions.ts';

/** End of the period that begins at `start`, Unix seconds: whole months or years in UTC. */
export function nextPeriodEnd(start: number, price: Price): number {
  const months = (price.recurring?.interval === 'year' ? 12 : 1) * (price.recurring?.interval_count ?? 1);
  const from = new Date(start * 1000);
  const end = new Date(from);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(end.getTime() / 1000);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Amount of an item for a period, whole minor units: a fee in advance, usage in arrears. */
function amountOf(world: World, subscription: Subscription, item: SubscriptionItem, used: Span | null): number {
  const price = world.prices.get(item.price, 'price');
  const unit = Number(price.unit_amount_decimal ?? 0);
  if (price.recurring?.usage_type !== 'metered') return Math.round(unit * (item.quantity ?? 1));
  if (used === null) return 0;
  const meter = world.meters.get(price.recurring.meter ?? '', 'meter');
  return Math.round(unit * Math.max(0, metersOf(world).value(meter, subscription.customer, used.start, used.end) ?? 0));
}

function bill(world: World, subscription: Subscription, used: Span | null): void {
  const [first] = subscription.items.data;
  if (first === undefined) return;
  const invoice = draftInvoice(world, {
    customer: subscription.customer,
    currency: subscription.currency,
    billingReason: used === null ? 'subscription_create' : 'subscription_cycle',
    autoAdvance: used !== null,
    defaultPaymentMethod: subscription.default_payment_method,
    subscription: subscription.id,
    period: used ?? { start: first.current_period_start, end: first.current_period_end },
  });
  for (const item of subscription.items.data) {
    const price = world.prices.get(item.price, 'price');
    addLine(world, invoice, {
      amount: amountOf(world, subscription, item, used),
      description: world.products.get(price.product, 'product').name,
      period: { start: item.current_period_start, end: item.current_period_end },
      metadata: {},
      quantity: item.quantity,
    });
  }
  subscription.latest_invoice = invoice.id;
  finalize(world, invoice, false);
  if (invoice.status === 'open') {
    invoice.auto_advance = true;
    attempt(world, invoice);
  }
  const paid = world.invoices.get(invoice.id).status === 'paid';
  subscription.status = paid ? 'active' : used === null ? 'incomplete' : 'past_due';
}

export function startSubscription(world: World, subscription: Subscription): void {
  if (subscription.trial_end === null) bill(world, subscription, null);
  else subscription.status = 'trialing';
  world.emit('customer.subscription.created', subscription);
}

function renew(world: World, subscription: Subscription): void {
  const [first] = subscription.items.data;
  if (first === undefined) return;
  const used = { start: first.current_period_start, end: first.current_period_end };
  if (subscription.cancel_at_period_end) {
    subscription.status = 'canceled';
    subscription.ended_at = used.end;
    world.emit('customer.subscription.deleted', subscription);
    return;
  }
  const end = nextPeriodEnd(used.end, world.prices.get(first.price, 'price'));
  for (const item of subscription.items.data) {
    item.current_period_start = used.end;
    item.current_period_end = end;
  }
  bill(world, subscription, used);
  world.emit('customer.subscription.updated', subscription);
}

/** Does what time has brought: renewals, tries to collect, sessions that lapse. */
export function runDue(world: World): void {
  metersOf(world).settle();
  for (const subscription of world.subscriptions.all()) {
    for (let round = 0; round < 24; round += 1) {
      const end = subscription.items.data[0]?.current_period_end ?? Number.POSITIVE_INFINITY;
      const lives = subscription.status !== 'canceled' && subscription.status !== 'incomplete';
      if (!lives || end > world.nowOf(subscription.customer)) break;
      renew(world, subscription);
    }
  }
  for (const invoice of world.invoices.all()) attemptIfDue(world, invoice);
  for (const session of world.sessions.all()) {
    if (session.status !== 'open' || session.expires_at > world.now()) continue;
    session.status = 'expired';
    session.url = null;
    world.emit('checkout.session.expired', session);
  }
}
