import { z } from 'zod';
import type { Invoice, InvoiceItem } from '../objects.ts';
import { currency, expand, flag, integer, mergedMetadata, metadata, paging, period, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';
import { addLine, assertDraft, attempt, draftInvoice, finalize, markPaid } from './invoice-acts.ts';
import { declined } from './payment-methods.ts';

const line = z.strictObject({
  amount: integer().optional(),
  price_data: z
    .strictObject({ currency: currency(), product: text(), unit_amount: integer().pipe(z.number().min(0)) })
    .optional(),
  description: text(500).optional(),
  period: period().optional(),
  metadata: metadata().optional(),
  quantity: integer().optional(),
});

function assertOpen(invoice: Invoice): void {
  if (invoice.status === 'paid') throw refused('Invoice is already paid', 'invoice_already_paid');
  if (invoice.status === 'void') throw refused('Voided invoices cannot be paid.', 'invoice_not_payable');
  if (invoice.status === 'draft') throw refused('This invoice is a draft: finalize it first.', 'invoice_not_payable');
}

export const invoiceRoutes = [
  defineRoute('POST /v1/invoices', {
    params: z.strictObject({
      customer: text(),
      currency: currency().optional(),
      auto_advance: flag().optional(),
      collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
      days_until_due: integer().optional(),
      due_date: integer().optional(),
      default_payment_method: text().optional(),
      description: text(1_500).optional(),
      metadata: metadata().optional(),
      pending_invoice_items_behavior: z.enum(['include', 'exclude']).optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const customer = world.customers.get(params.customer, 'customer');
      const sends = params.collection_method === 'send_invoice';
      const due =
        params.due_date ??
        (params.days_until_due === undefined ? undefined : world.now() + params.days_until_due * 86_400);
      if (sends !== (due !== undefined)) {
        throw refused(
          'Invoices are sent with a due date, and charged automatically without one.',
          undefined,
          'due_date',
        );
      }
      if (params.default_payment_method !== undefined) {
        world.paymentMethods.get(params.default_payment_method, 'default_payment_method');
      }
      const invoice = draftInvoice(world, {
        customer: customer.id,
        currency: params.currency ?? customer.currency ?? 'usd',
        description: params.description ?? null,
        collectionMethod: params.collection_method ?? 'charge_automatically',
        autoAdvance: params.auto_advance ?? false,
        defaultPaymentMethod: params.default_payment_method ?? null,
        dueDate: due ?? null,
        metadata: params.metadata ?? {},
      });
      if (params.pending_invoice_items_behavior !== 'include') return invoice;
      const waiting = world.invoiceItems
        .all()
        .filter((item) => item.customer === customer.id && item.invoice === null && item.currency === invoice.currency);
      for (const item of waiting) {
        item.invoice = invoice.id;
        addLine(world, invoice, lineOf(item));
      }
      return invoice;
    },
  }),
  defineRoute('GET /v1/invoices', {
    params: z.strictObject({
      ...paging,
      customer: text().optional(),
      subscription: text().optional(),
      status: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']).optional(),
    }),
    handle: ({ world, params }) =>
      world.invoices.page(
        params,
        (one) =>
          (params.customer === undefined || one.customer === params.customer) &&
          (params.status === undefined || one.status === params.status) &&
          (params.subscription === undefined || one.parent?.subscription_details.subscription === params.subscription),
      ),
  }),
  defineRoute('GET /v1/invoices/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.invoices.get(id),
  }),
  defineRoute('POST /v1/invoices/{id}', {
    params: z.strictObject({
      auto_advance: flag().optional(),
      description: z.string().max(1_500).optional(),
      default_payment_method: text().optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, id, params }) => {
      const invoice = world.invoices.get(id);
      if (params.description !== undefined) {
        assertDraft(invoice);
        invoice.description = params.description;
      }
      invoice.auto_advance = params.auto_advance ?? invoice.auto_advance;
      invoice.default_payment_method = params.default_payment_method ?? invoice.default_payment_method;
      invoice.metadata = mergedMetadata(invoice.metadata, params.metadata);
      world.emit('invoice.updated', invoice);
      return invoice;
    },
  }),
  defineRoute('DELETE /v1/invoices/{id}', {
    params: z.strictObject({}),
    handle: ({ world, id }) => {
      assertDraft(world.invoices.get(id));
      world.invoices.remove(id);
      return { id, object: 'invoice', deleted: true };
    },
  }),
  defineRoute('POST /v1/invoices/{id}/add_lines', {
    params: z.strictObject({ lines: z.array(line).min(1).max(250), ...expand }),
    handle: ({ world, id, params }) => {
      const invoice = world.invoices.get(id);
      const now = world.now();
      for (const wish of params.lines) {
        const { price_data: price } = wish;
        if ((wish.amount === undefined) === (price === undefined)) {
          throw refused('A line has an amount or a price.', 'parameter_missing', 'lines[amount]');
        }
        if (price !== undefined) {
          const product = world.products.get(price.product, 'lines[price_data][product]');
          if (!product.active)
            throw refused(`The product ${product.id} is not active.`, undefined, 'lines[price_data]');
          if (price.currency !== invoice.currency)
            throw refused('The currencies differ.', undefined, 'lines[price_data]');
        }
        addLine(world, invoice, {
          amount: wish.amount ?? (price?.unit_amount ?? 0) * (wish.quantity ?? 1),
          ...(price === undefined
            ? {}
            : { pricing: { type: 'price_details', price_details: { product: price.product } } }),
          description: wish.description ?? null,
          period: wish.period ?? { start: now, end: now },
          metadata: wish.metadata ?? {},
          quantity: wish.quantity ?? null,
        });
      }
      return invoice;
    },
  }),
  defineRoute('GET /v1/invoices/{id}/lines', {
    params: z.strictObject(paging),
    handle: ({ world, id, params }) => {
      const { data, url } = world.invoices.get(id).lines;
      const from =
        params.starting_after === undefined ? 0 : data.findIndex((one) => one.id === params.starting_after) + 1;
      const limit = params.limit ?? 10;
      return { object: 'list', data: data.slice(from, from + limit), has_more: from + limit < data.length, url };
    },
  }),
  defineRoute('POST /v1/invoices/{id}/finalize', {
    params: z.strictObject({ auto_advance: flag().optional(), ...expand }),
    handle: ({ world, id, params }) => finalize(world, world.invoices.get(id), params.auto_advance),
  }),
  defineRoute('POST /v1/invoices/{id}/pay', {
    params: z.strictObject({
      payment_method: text().optional(),
      paid_out_of_band: flag().optional(),
      off_session: flag().optional(),
      ...expand,
    }),
    handle: ({ world, id, params }) => {
      const invoice = world.invoices.get(id);
      assertOpen(invoice);
      if (params.paid_out_of_band === true) {
        markPaid(world, invoice);
        return invoice;
      }
      const reason = attempt(world, invoice, params.payment_method);
      if (reason === 'no_payment_method') {
        throw refused(
          'There is no default payment method set on this Customer or Invoice.',
          'invoice_payment_intent_requires_action',
        );
      }
      if (reason !== null) throw declined(reason);
      return invoice;
    },
  }),
  defineRoute('POST /v1/invoices/{id}/void', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => {
      const invoice = world.invoices.get(id);
      if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
        throw refused(
          `You can only void open or uncollectible invoices; this one is ${invoice.status}.`,
          'invoice_not_editable',
        );
      }
      invoice.status = 'void';
      invoice.next_payment_attempt = null;
      invoice.status_transitions.voided_at = world.now();
      world.emit('invoice.voided', invoice);
      return invoice;
    },
  }),
  defineRoute('POST /v1/invoices/{id}/mark_uncollectible', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => {
      const invoice = world.invoices.get(id);
      if (invoice.status !== 'open')
        throw refused('Only open invoices can become uncollectible.', 'invoice_not_editable');
      invoice.status = 'uncollectible';
      invoice.next_payment_attempt = null;
      invoice.status_transitions.marked_uncollectible_at = world.now();
      world.emit('invoice.marked_uncollectible', invoice);
      return invoice;
    },
  }),
  defineRoute('GET /v1/invoice_payments', {
    params: z.strictObject({
      ...paging,
      invoice: text().optional(),
      status: z.enum(['canceled', 'open', 'paid']).optional(),
    }),
    handle: ({ world, params }) =>
      world.invoicePayments.page(
        params,
        (one) =>
          (params.invoice === undefined || one.invoice === params.invoice) &&
          (params.status === undefined || one.status === params.status),
      ),
  }),
  defineRoute('POST /v1/invoiceitems', {
    params: z.strictObject({
      customer: text(),
      amount: integer(),
      currency: currency().optional(),
      description: text(500).optional(),
      invoice: text().optional(),
      metadata: metadata().optional(),
      period: period().optional(),
      quantity: integer().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const customer = world.customers.get(params.customer, 'customer');
      const now = world.nowOf(customer.id);
      const invoice = params.invoice === undefined ? undefined : world.invoices.get(params.invoice, 'invoice');
      const money = params.currency ?? invoice?.currency ?? customer.currency ?? 'usd';
      if (invoice && (invoice.customer !== customer.id || invoice.currency !== money)) {
        throw refused('The item and its invoice must have the same customer and currency.', undefined, 'invoice');
      }
      const item: InvoiceItem = {
        id: world.id('ii'),
        object: 'invoiceitem',
        created: now,
        amount: params.amount,
        currency: money,
        customer: customer.id,
        description: params.description ?? null,
        invoice: invoice?.id ?? null,
        metadata: params.metadata ?? {},
        period: params.period ?? { start: now, end: now },
        quantity: params.quantity ?? 1,
        livemode: false,
      };
      if (invoice) addLine(world, invoice, lineOf(item));
      world.invoiceItems.add(item);
      world.emit('invoiceitem.created', item);
      return item;
    },
  }),
];

const lineOf = ({ amount, description, period: time, metadata: tags, quantity }: InvoiceItem) => ({
  amount,
  description,
  period: time,
  metadata: tags,
  quantity,
});
