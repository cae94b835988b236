import { z } from 'zod';
import type { CreditNote, Refund } from '../objects.ts';
import { expand, integer, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';
import type { World } from '../world.ts';
import { settleAmounts } from './invoice-acts.ts';

const REASONS = z.enum(['duplicate', 'fraudulent', 'requested_by_customer']);

interface RefundWish {
  readonly intent: string;
  readonly amount?: number | undefined;
  readonly reason?: string | undefined;
  readonly metadata?: Record<string, string> | undefined;
}

function refund(world: World, wish: RefundWish, param: string): Refund {
  const intent = world.paymentIntents.get(wish.intent, param);
  const charge = intent.latest_charge === null ? undefined : world.charges.find(intent.latest_charge);
  if (charge === undefined || !charge.paid) {
    throw refused('This PaymentIntent does not have a successful charge to refund.', undefined, param);
  }
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  const amount = wish.amount ?? left;
  if (amount < 1 || amount > left) {
    throw refused(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      undefined,
      'amount',
    );
  }
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  const made: Refund = {
    id: world.id('re'),
    object: 'refund',
    created: world.now(),
    amount,
    currency: charge.currency,
    charge: charge.id,
    payment_intent: intent.id,
    reason: wish.reason ?? null,
    status: 'succeeded',
    metadata: wish.metadata ?? {},
  };
  world.refunds.add(made);
  world.emit('refund.created', made);
  world.emit('charge.refunded', charge);
  return made;
}

const noteParams = z.strictObject({
  invoice: text(),
  amount: integer().pipe(z.number().min(1)),
  refund_amount: integer().optional(),
  credit_amount: integer().optional(),
  out_of_band_amount: integer().optional(),
  memo: text(1_000).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
  metadata: metadata().optional(),
  ...expand,
});

function creditNote(world: World, params: z.output<typeof noteParams>): CreditNote {
  const invoice = world.invoices.get(params.invoice, 'invoice');
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw refused(`A credit note needs an open or paid invoice; this one is ${invoice.status}.`, undefined, 'invoice');
  }
  const paid = invoice.status === 'paid';
  const given = (params.refund_amount ?? 0) + (params.credit_amount ?? 0) + (params.out_of_band_amount ?? 0);
  if (given !== (paid ? params.amount : 0)) {
    throw refused(
      'The sum of credit amount, refund amount and out of band amount must equal the credit note amount.',
      undefined,
      'amount',
    );
  }
  const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount;
  const left = paid ? invoice.total - credited : invoice.amount_remaining;
  if (params.amount > left) {
    throw refused(
      `The amount of the credit note (${params.amount}) is greater than what is left (${left}).`,
      undefined,
      'amount',
    );
  }
  const refunds: CreditNote['refunds'] = [];
  if (params.refund_amount) {
    const payment = world.invoicePayments.all().find((one) => one.invoice === invoice.id && one.status === 'paid');
    if (!payment) throw refused('This invoice was not paid through Stripe.', undefined, 'refund_amount');
    const made = refund(
      world,
      { intent: payment.payment.payment_intent, amount: params.refund_amount },
      'refund_amount',
    );
    refunds.push({ amount_refunded: made.amount, refund: made.id, type: 'refund' });
  }
  if (paid) invoice.post_payment_credit_notes_amount += params.amount;
  else invoice.pre_payment_credit_notes_amount += params.amount;
  settleAmounts(invoice);
  const note: CreditNote = {
    id: world.id('cn'),
    object: 'credit_note',
    created: world.now(),
    invoice: invoice.id,
    customer: invoice.customer,
    currency: invoice.currency,
    amount: params.amount,
    total: params.amount,
    subtotal: params.amount,
    number: `${invoice.number}-CN-${String(world.creditNotes.all().length + 1).padStart(2, '0')}`,
    memo: params.memo ?? null,
    reason: params.reason ?? null,
    status: 'issued',
    type: paid ? 'post_payment' : 'pre_payment',
    pre_payment_amount: paid ? 0 : params.amount,
    post_payment_amount: paid ? params.amount : 0,
    out_of_band_amount: params.out_of_band_amount ?? null,
    refunds,
    metadata: params.metadata ?? {},
    voided_at: null,
    livemode: false,
  };
  world.creditNotes.add(note);
  world.emit('credit_note.created', note);
  return note;
}

export const refundRoutes = [
  defineRoute('POST /v1/refunds', {
    params: z.strictObject({
      payment_intent: text().optional(),
      charge: text().optional(),
      amount: integer().optional(),
      reason: REASONS.optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const charge = params.charge === undefined ? undefined : world.charges.get(params.charge, 'charge');
      const intent = params.payment_intent ?? charge?.payment_intent;
      if (intent === undefined) {
        throw refused(
          'One of the following params should be provided for this request: payment_intent or charge.',
          'parameter_missing',
        );
      }
      return refund(
        world,
        { intent, amount: params.amount, reason: params.reason, metadata: params.metadata },
        'payment_intent',
      );
    },
  }),
  defineRoute('GET /v1/refunds/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.refunds.get(id),
  }),
  defineRoute('GET /v1/refunds', {
    params: z.strictObject({ ...paging, payment_intent: text().optional(), charge: text().optional() }),
    handle: ({ world, params }) =>
      world.refunds.page(
        params,
        (one) =>
          (params.payment_intent === undefined || one.payment_intent === params.payment_intent) &&
          (params.charge === undefined || one.charge === params.charge),
      ),
  }),
  defineRoute('POST /v1/credit_notes', {
    params: noteParams,
    handle: ({ world, params }) => creditNote(world, params),
  }),
  defineRoute('GET /v1/credit_notes/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.creditNotes.get(id),
  }),
  defineRoute('GET /v1/credit_notes', {
    params: z.strictObject({ ...paging, invoice: text().optional(), customer: text().optional() }),
    handle: ({ world, params }) =>
      world.creditNotes.page(
        params,
        (one) =>
          (params.invoice === undefined || one.invoice === params.invoice) &&
          (params.customer === undefined || one.customer === params.customer),
      ),
  }),
];
