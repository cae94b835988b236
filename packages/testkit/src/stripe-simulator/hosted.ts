import { cardByNumber } from './cards.ts';
import type { CheckoutSession } from './objects.ts';
import { attachCard } from './resources/payment-methods.ts';
import { chargeIntent, openIntent } from './resources/payments.ts';
import { subscribe } from './resources/subscriptions.ts';
import { refused, StripeFailure } from './stripe-error.ts';
import type { World } from './world.ts';

/**
 * What happens when somebody presses the button of the hosted checkout page with a test card. Throws `StripeFailure`
 * where the card is refused; the session stays open then.
 */
export function completeCheckout(world: World, session: CheckoutSession, cardNumber: string): void {
  if (session.status !== 'open') throw refused(`This checkout session is ${session.status}.`);
  const card = cardByNumber(cardNumber);
  if (card === undefined)
    throw refused('Choose one of the test cards: real cards are not taken here.', 'incorrect_number');
  const params = world.sessionParams.get(session.id);
  session.customer ??= newCustomer(world, params?.customer_email ?? null);
  const keep = params?.payment_intent_data?.setup_future_usage !== undefined;
  if (session.mode === 'payment') {
    const intent = openIntent(world, {
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'usd',
      customer: session.customer,
      description: params?.payment_intent_data?.description ?? null,
      metadata: params?.payment_intent_data?.metadata ?? {},
    });
    session.payment_intent = intent.id;
    if (card.refusedAtOnce !== undefined) {
      chargeIntent(world, intent, attachCard(world, null, card));
      throw new StripeFailure(402, 'Your card was declined.', { type: 'card_error', code: 'card_declined' });
    }
    const method = attachCard(world, keep ? session.customer : null, card);
    const reason = chargeIntent(world, intent, method);
    if (reason !== null)
      throw new StripeFailure(402, 'Your card was declined.', { type: 'card_error', code: 'card_declined' });
    session.payment_status = 'paid';
  } else if (session.mode === 'setup') {
    const method = attachCard(world, session.customer, card);
    const intent = world.setupIntents.add({
      id: world.id('seti'),
      object: 'setup_intent',
      created: world.now(),
      customer: session.customer,
      payment_method: method.id,
      status: 'succeeded',
      usage: 'off_session',
      metadata: params?.setup_intent_data?.metadata ?? {},
      livemode: false,
    });
    session.setup_intent = intent.id;
    world.emit('setup_intent.succeeded', intent);
  } else {
    const method = attachCard(world, session.customer, card);
    const made = subscribe(world, {
      customer: session.customer,
      items: (params?.line_items ?? []).map((item) => ({ price: item.price ?? '', quantity: item.quantity })),
      defaultPaymentMethod: method.id,
      metadata: params?.subscription_data?.metadata,
      trialDays: params?.subscription_data?.trial_period_days,
    });
    session.subscription = made.id;
    session.invoice = made.latest_invoice;
    session.payment_status = made.status === 'incomplete' ? 'unpaid' : 'paid';
  }
  session.status = 'complete';
  session.url = null;
  world.emit('checkout.session.completed', session);
}

function newCustomer(world: World, email: string | null): string {
  const customer = world.customers.add({
    id: world.id('cus'),
    object: 'customer',
    created: world.now(),
    email,
    name: null,
    description: null,
    metadata: {},
    balance: 0,
    delinquent: false,
    currency: null,
    default_source: null,
    invoice_prefix: `SIM${String(world.customers.all().length + 1).padStart(4, '0')}`,
    invoice_settings: { default_payment_method: null },
    test_clock: null,
    livemode: false,
  });
  world.emit('customer.created', customer);
  return customer.id;
}

/** Keeps another card for a customer and makes it the one that invoices are charged to. */
export function replaceCard(world: World, customerId: string, cardNumber: string): void {
  const customer = world.customers.get(customerId, 'customer');
  const card = cardByNumber(cardNumber);
  if (card === undefined)
    throw refused('Choose one of the test cards: real cards are not taken here.', 'incorrect_number');
  customer.invoice_settings.default_payment_method = attachCard(world, customer.id, card).id;
  world.emit('customer.updated', customer);
}
