import { randomBytes } from 'node:crypto';
import { Collection, type Thing } from './collection.ts';
import type {
  Charge,
  CheckoutSession,
  CreditGrant,
  CreditNote,
  Customer,
  Invoice,
  InvoiceItem,
  InvoicePayment,
  PaymentIntent,
  PaymentMethod,
  Refund,
  SetupIntent,
} from './objects.ts';
import type { SessionParams } from './resources/checkout.ts';
import type { Meter } from './resources/meters.ts';
import type { Price, Product } from './resources/products.ts';
import type { Subscription } from './resources/subscriptions.ts';
import type { TestClock } from './resources/test-clocks.ts';

/** What happened, as webhooks tell it and `GET /v1/events` lists it. */
export interface StripeEvent extends Thing {
  readonly object: 'event';
  readonly type: string;
  readonly api_version: string;
  readonly data: { readonly object: unknown };
  readonly livemode: false;
  readonly pending_webhooks: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
}

/** The events of the second generation say little and are fetched (“thin”). */
export interface ThinEvent {
  readonly id: string;
  readonly object: 'v2.core.event';
  readonly type: string;
  readonly created: string;
  readonly livemode: false;
  readonly context: null;
  readonly reason: null;
  readonly related_object: { readonly id: string; readonly type: string; readonly url: string } | null;
  readonly data: unknown;
}

/** Everything the simulated account holds. What is in collections and maps is kept in a file where one is named. */
export class World {
  readonly apiVersion: string;
  /** Where the simulator is reached, for hosted pages. */
  url = '';
  /** Called with each event, once. */
  onEvent: (event: StripeEvent | ThinEvent) => void = () => undefined;
  /** Idempotency key and id of the call being answered. */
  request: { id: string | null; idempotency_key: string | null } = { id: null, idempotency_key: null };

  readonly customers = new Collection<Customer>('customer', '/v1/customers');
  readonly products = new Collection<Product>('product', '/v1/products');
  readonly prices = new Collection<Price>('price', '/v1/prices');
  readonly meters = new Collection<Meter>('meter', '/v1/billing/meters');
  readonly sessions = new Collection<CheckoutSession>('checkout.session', '/v1/checkout/sessions');
  readonly subscriptions = new Collection<Subscription>('subscription', '/v1/subscriptions');
  readonly invoices = new Collection<Invoice>('invoice', '/v1/invoices');
  readonly invoiceItems = new Collection<InvoiceItem>('invoiceitem', '/v1/invoiceitems');
  readonly invoicePayments = new Collection<InvoicePayment>('invoice payment', '/v1/invoice_payments');
  readonly paymentIntents = new Collection<PaymentIntent>('payment_intent', '/v1/payment_intents');
  readonly paymentMethods = new Collection<PaymentMethod>('PaymentMethod', '/v1/payment_methods');
  readonly setupIntents = new Collection<SetupIntent>('setup_intent', '/v1/setup_intents');
  readonly charges = new Collection<Charge>('charge', '/v1/charges');
  readonly refunds = new Collection<Refund>('refund', '/v1/refunds');
  readonly creditNotes = new Collection<CreditNote>('credit_note', '/v1/credit_notes');
  readonly creditGrants = new Collection<CreditGrant>('billing credit grant', '/v1/billing/credit_grants');
  readonly testClocks = new Collection<TestClock>('test_helpers.test_clock', '/v1/test_helpers/test_clocks');
  readonly events = new Collection<StripeEvent>('event', '/v1/events');
  readonly thinEvents = new Map<string, ThinEvent>();
  /** Line items of checkout sessions, by session. */
  readonly sessionLines = new Map<string, SessionLine[]>();
  /** What checkout sessions were made with, for their hosted pages. */
  readonly sessionParams = new Map<string, SessionParams>();
  /** Portal sessions: customer and where its page leads back to. */
  readonly portalSessions = new Map<string, { customer: string; returnUrl: string | null }>();
  /** Which test card a payment method is, by id. */
  readonly cardNumbers = new Map<string, string>();

  #skippedSeconds = 0;

  constructor(apiVersion: string) {
    this.apiVersion = apiVersion;
  }

  /** The account's time, Unix seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.#skippedSeconds;
  }

  /** Time as a customer lives it: that of its test clock, if it has one. */
  nowOf(customerId: string): number {
    const clock = this.customers.find(customerId)?.test_clock;
    return (clock ? this.testClocks.find(clock)?.frozen_time : undefined) ?? this.now();
  }

  advance(seconds: number): void {
    this.#skippedSeconds += seconds;
  }

  /** How far the account's time was moved on beyond the clock's. */
  get skippedSeconds(): number {
    return this.#skippedSeconds;
  }

  id(prefix: string): string {
    return `${prefix}_${randomBytes(12).toString('hex')}`;
  }

  /** Says that something happened, with the object as it is now. */
  emit(type: string, object: object): StripeEvent {
    const event = this.events.add({
      id: this.id('evt'),
      object: 'event',
      type,
      api_version: this.apiVersion,
      created: this.now(),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: this.request,
    });
    this.onEvent(event);
    return event;
  }

  emitThin(type: string, related: ThinEvent['related_object'], data: unknown): ThinEvent {
    const event: ThinEvent = {
      id: this.id('evt'),
      object: 'v2.core.event',
      type,
      created: new Date(this.now() * 1000).toISOString(),
      livemode: false,
      context: null,
      reason: null,
      related_object: related,
      data,
    };
    this.thinEvents.set(event.id, event);
    this.onEvent(event);
    return event;
  }

  /** The object of that id, of whatever kind, for `expand`. */
  any(id: string): Thing | undefined {
    for (const kind of [this.customers, this.products, this.prices, this.subscriptions, this.invoices]) {
      const found = kind.find(id);
      if (found) return found;
    }
    for (const kind of [this.paymentIntents, this.paymentMethods, this.setupIntents, this.charges, this.refunds]) {
      const found = kind.find(id);
      if (found) return found;
    }
    return undefined;
  }
}

export interface SessionLine {
  readonly price: string | null;
  readonly name: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly quantity: number;
}
