import type { Invoice, InvoiceLine } from '../objects.ts';
import { refused } from '../stripe-error.ts';
import type { World } from '../world.ts';
import { chargeIntent, openIntent } from './payments.ts';

const DAY = 86_400;
/** Days between the tries of a failed collection; after the last none is made. */
const RETRY_DAYS = [3, 5, 7];

export interface InvoiceWish {
  readonly customer: string;
  readonly currency: string;
  readonly description?: string | null;
  readonly collectionMethod?: 'charge_automatically' | 'send_invoice';
  readonly autoAdvance?: boolean;
  readonly billingReason?: Invoice['billing_reason'];
  readonly defaultPaymentMethod?: string | null;
  readonly dueDate?: number | null;
  readonly metadata?: Record<string, string>;
  readonly subscription?: string;
  readonly period?: { start: number; end: number };
}

export function draftInvoice(world: World, wish: InvoiceWish): Invoice {
  const id = world.id('in');
  const at = world.nowOf(wish.customer);
  const invoice: Invoice = {
    id,
    object: 'invoice',
    created: at,
    customer: wish.customer,
    currency: wish.currency,
    status: 'draft',
    number: null,
    description: wish.description ?? null,
    collection_method: wish.collectionMethod ?? 'charge_automatically',
    auto_advance: wish.autoAdvance ?? false,
    billing_reason: wish.billingReason ?? 'manual',
    default_payment_method: wish.defaultPaymentMethod ?? null,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    subtotal: 0,
    total: 0,
    amount_due: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_overpaid: 0,
    pre_payment_credit_notes_amount: 0,
    post_payment_credit_notes_amount: 0,
    attempt_count: 0,
    attempted: false,
    next_payment_attempt: null,
    due_date: wish.dueDate ?? null,
    period_start: wish.period?.start ?? at,
    period_end: wish.period?.end ?? at,
    hosted_invoice_url: null,
    invoice_pdf: null,
    metadata: wish.metadata ?? {},
    parent: wish.subscription
      ? { type: 'subscription_details', subscription_details: { subscription: wish.subscription } }
      : null,
    status_transitions: { finalized_at: null, paid_at: null, voided_at: null, marked_uncollectible_at: null },
    livemode: false,
  };
  world.invoices.add(invoice);
  world.emit('invoice.created', invoice);
  return invoice;
}

export type LineWish = Pick<InvoiceLine, 'amount' | 'description' | 'period' | 'metadata' | 'quantity'> &
  Partial<Pick<InvoiceLine, 'pricing'>>;

/** Adds a line to a draft and sums up anew. Throws `invoice_not_editable` for anything but a draft. */
export function addLine(world: World, invoice: Invoice, wish: LineWish): InvoiceLine {
  assertDraft(invoice);
  const line: InvoiceLine = {
    id: world.id('il'),
    object: 'line_item',
    subtotal: wish.amount,
    currency: invoice.currency,
    invoice: invoice.id,
    livemode: false,
    pricing: null,
    ...wish,
  };
  invoice.lines.data.push(line);
  invoice.subtotal += wish.amount;
  invoice.total = invoice.subtotal;
  settleAmounts(invoice);
  return line;
}

export function assertDraft(invoice: Invoice): void {
  if (invoice.status === 'draft') return;
  throw refused(
    `Finalized invoices can't be updated in this way (${invoice.id} is ${invoice.status}).`,
    'invoice_not_editable',
  );
}

export function settleAmounts(invoice: Invoice): void {
  invoice.amount_due = Math.max(0, invoice.total - invoice.pre_payment_credit_notes_amount);
  invoice.amount_remaining = Math.max(0, invoice.amount_due - invoice.amount_paid);
}

export function finalize(world: World, invoice: Invoice, autoAdvance: boolean | undefined): Invoice {
  if (invoice.status !== 'draft') {
    throw refused(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      'invoice_not_editable',
    );
  }
  const customer = world.customers.get(invoice.customer, 'customer');
  const earlier = world.invoices.all().filter((one) => one.customer === customer.id && one.number !== null).length;
  invoice.number = `${customer.invoice_prefix}-${String(earlier + 1).padStart(4, '0')}`;
  invoice.status = 'open';
  invoice.auto_advance = autoAdvance ?? invoice.auto_advance;
  invoice.status_transitions.finalized_at = world.nowOf(invoice.customer);
  invoice.hosted_invoice_url = `${world.url}/i/${invoice.id}`;
  customer.currency ??= invoice.currency;
  world.emit('invoice.finalized', invoice);
  if (invoice.amount_due === 0) markPaid(world, invoice);
  else openPayment(world, invoice);
  if (invoice.status === 'open' && invoice.auto_advance && invoice.collection_method === 'charge_automatically') {
    invoice.next_payment_attempt = world.nowOf(invoice.customer);
    // Stripe charges after it answered.
    setTimeout(() => attemptIfDue(world, invoice), 5).unref();
  }
  return invoice;
}

function openPayment(world: World, invoice: Invoice): void {
  const intent = openIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: `Invoice ${invoice.number}`,
  });
  world.invoicePayments.add({
    id: world.id('inpay'),
    object: 'invoice_payment',
    created: world.now(),
    invoice: invoice.id,
    amount_requested: invoice.amount_due,
    amount_paid: null,
    currency: invoice.currency,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
    livemode: false,
  });
}

export function attemptIfDue(world: World, invoice: Invoice): void {
  const due = invoice.next_payment_attempt;
  if (invoice.status === 'open' && due !== null && due <= world.nowOf(invoice.customer)) attempt(world, invoice);
}

/** One try to collect; gives back why it failed, or `null`. */
export function attempt(world: World, invoice: Invoice, methodId?: string): string | null {
  const customer = world.customers.get(invoice.customer, 'customer');
  const id = methodId ?? invoice.default_payment_method ?? customer.invoice_settings.default_payment_method;
  invoice.attempt_count += 1;
  invoice.attempted = true;
  const payment = world.invoicePayments.all().find((one) => one.invoice === invoice.id && one.status === 'open');
  const intent = world.paymentIntents.get(payment?.payment.payment_intent ?? '', 'payment_intent');
  intent.amount = invoice.amount_remaining;
  const reason = id ? chargeIntent(world, intent, world.paymentMethods.get(id, 'payment_method')) : 'no_payment_method';
  if (reason === null) {
    if (payment) {
      payment.status = 'paid';
      payment.amount_paid = intent.amount;
      payment.status_transitions.paid_at = world.now();
    }
    markPaid(world, invoice);
    return null;
  }
  const pause = invoice.auto_advance ? RETRY_DAYS[invoice.attempt_count - 1] : undefined;
  invoice.next_payment_attempt = pause === undefined ? null : world.nowOf(invoice.customer) + pause * DAY;
  customer.delinquent = true;
  world.emit('invoice.payment_failed', invoice);
  return reason;
}

export function markPaid(world: World, invoice: Invoice): void {
  invoice.status = 'paid';
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = world.nowOf(invoice.customer);
  const customer = world.customers.find(invoice.customer);
  const owes = world.invoices.all().some((one) => one.customer === invoice.customer && one.status === 'open');
  if (customer && !owes) customer.delinquent = false;
  world.emit('invoice.paid', invoice);
  world.emit('invoice.payment_succeeded', invoice);
}
