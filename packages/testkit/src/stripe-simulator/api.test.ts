import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { type StripeSimulator, startStripeSimulator } from './start.ts';
import { refusal, sdkFor } from './test-stripe.ts';

let simulator: StripeSimulator;
beforeAll(async () => {
  simulator = await startStripeSimulator({ requestsPerSecond: 10_000 });
});
afterAll(() => simulator.close());
const sdk = () => sdkFor(simulator);
const payingCustomer = () =>
  sdk().customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
const failingCustomer = () =>
  sdk().customers.create({
    payment_method: 'pm_card_chargeCustomerFail',
    invoice_settings: { default_payment_method: 'pm_card_chargeCustomerFail' },
  });

describe('the API as a whole', () => {
  it('plays the version that the SDK pins', () => {
    expect(sdk().getConstant('DEFAULT_API_VERSION')).toBe('2026-10-28.endive');
  });

  it('refuses a wrong key, an unknown address, an unknown object and an unknown parameter as Stripe does', async () => {
    expect(await refusal(sdkFor(simulator, { key: 'sk_test_wrong' }).customers.list())).toMatchObject({
      statusCode: 401,
      type: 'StripeAuthenticationError',
    });
    expect(await refusal(sdk().rawRequest('GET', '/v1/unheard_of'))).toMatchObject({ statusCode: 404 });
    expect(await refusal(sdk().customers.retrieve('cus_nobody'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
    });
    expect(await refusal(sdk().customers.create({ nickname: 'x' } as never))).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'nickname',
      message: 'Received unknown parameter: nickname',
    });
    const nested = sdk().customers.create({ invoice_settings: { colour: 'red' } } as never);
    expect(await refusal(nested)).toMatchObject({ code: 'parameter_unknown', param: 'invoice_settings[colour]' });
    expect(await refusal(sdk().invoices.create({}))).toMatchObject({ code: 'parameter_missing', param: 'customer' });
    expect(await refusal(sdk().invoices.create({ customer: 'cus_nobody' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
  });

  it('answers a repeat under one idempotency key as before, and refuses the key for anything else', async () => {
    const options = { idempotencyKey: 'one-operation' };
    const first = await sdk().customers.create({ name: 'Ada' }, options);
    const again = await sdk().customers.create({ name: 'Ada' }, options);
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await refusal(sdk().customers.create({ name: 'Bob' }, options))).toMatchObject({
      statusCode: 400,
      type: 'StripeIdempotencyError',
    });
    simulator.advance(24 * 3_600 + 1);
    expect((await sdk().customers.create({ name: 'Ada' }, options)).id).not.toBe(first.id);
  });

  it('carries a call out whose answer is lost, and the same key finds it', async () => {
    // The SDK asks once more by itself where a connection was cut.
    simulator.faults.plan('answerLost', { path: /customers/, times: 2 });
    const call = () => sdk().customers.create({ name: 'Lost' }, { idempotencyKey: 'lost-answer' });
    expect(await refusal(call())).toMatchObject({ type: 'StripeConnectionError' });
    const found = await call();
    expect(found.lastResponse.headers['idempotent-replayed']).toBe('true');
  });

  it('limits the rate, and the SDK tries again', async () => {
    simulator.faults.plan('rateLimit');
    expect(await refusal(sdk().customers.list())).toMatchObject({ statusCode: 429 });
    simulator.faults.plan('serverError', { times: 1 });
    const patient = await sdkFor(simulator, { retries: 2 }).customers.list({ limit: 1 });
    expect(patient.data).toHaveLength(1);
  });

  it('gives lists newest first, page by page', async () => {
    const price = await sdk().products.create({ name: 'Paged' });
    const made = [];
    for (let at = 0; at < 5; at += 1) {
      made.push((await sdk().prices.create({ product: price.id, currency: 'usd', unit_amount: at })).id);
    }
    const ids = [];
    for await (const one of sdk().prices.list({ product: price.id, limit: 2 })) ids.push(one.id);
    expect(ids).toEqual(made.reverse());
  });
});

describe('invoices', () => {
  it('are drafted with our lines, finalised, charged by themselves, and say what was paid with', async () => {
    const customer = await payingCustomer();
    const draft = await sdk().invoices.create({ customer: customer.id, currency: 'eur', auto_advance: true });
    await sdk().invoices.addLines(draft.id, {
      lines: [
        { amount: 1_250, description: 'Fee' },
        { amount: -250, description: 'Credit' },
      ],
    });
    await sdk().invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 500, currency: 'eur' });
    const open = await sdk().invoices.finalizeInvoice(draft.id);
    expect(open).toMatchObject({ status: 'open', total: 1_500, amount_due: 1_500, currency: 'eur' });
    await waitFor('the payment', async () => (await sdk().invoices.retrieve(draft.id)).status === 'paid');
    const paid = await sdk().invoices.retrieve(draft.id, { expand: ['payments.data.payment.payment_intent'] });
    const intent = paid.payments?.data[0]?.payment.payment_intent;
    expect(intent).toMatchObject({ object: 'payment_intent', status: 'succeeded', amount: 1_500 });
    expect(await refusal(sdk().invoices.addLines(draft.id, { lines: [{ amount: 1 }] }))).toMatchObject({
      code: 'invoice_not_editable',
    });
    expect(await refusal(sdk().invoices.pay(draft.id))).toMatchObject({ statusCode: 400 });
  });

  it('whose card fails stay open, are tried again after days, and can be voided', async () => {
    const customer = await failingCustomer();
    const draft = await sdk().invoices.create({ customer: customer.id, currency: 'usd', auto_advance: true });
    await sdk().invoices.addLines(draft.id, { lines: [{ amount: 900 }] });
    await sdk().invoices.finalizeInvoice(draft.id);
    const attempts = async () => (await sdk().invoices.retrieve(draft.id)).attempt_count;
    await waitFor('the first try', async () => (await attempts()) === 1);
    expect(await refusal(sdk().invoices.pay(draft.id))).toMatchObject({ statusCode: 402, code: 'card_declined' });
    simulator.advance(6 * 86_400);
    expect(await attempts()).toBe(3);
    expect(await sdk().invoices.voidInvoice(draft.id)).toMatchObject({ status: 'void' });
    expect(await refusal(sdk().invoices.pay(draft.id))).toMatchObject({ statusCode: 400 });
  });

  it('take credit notes and refunds up to what was paid', async () => {
    const customer = await payingCustomer();
    const draft = await sdk().invoices.create({ customer: customer.id, currency: 'usd' });
    await sdk().invoices.addLines(draft.id, { lines: [{ amount: 1_000 }] });
    await sdk().invoices.finalizeInvoice(draft.id);
    await sdk().invoices.pay(draft.id);
    const short = sdk().creditNotes.create({ invoice: draft.id, amount: 400 });
    expect(await refusal(short)).toMatchObject({ param: 'amount' });
    const note = await sdk().creditNotes.create({ invoice: draft.id, amount: 400, refund_amount: 400 });
    expect(note).toMatchObject({ amount: 400, type: 'post_payment' });
    const { data } = await sdk().invoicePayments.list({ invoice: draft.id });
    const intent = data[0]?.payment.payment_intent as string;
    expect(await refusal(sdk().refunds.create({ payment_intent: intent, amount: 601 }))).toMatchObject({
      param: 'amount',
    });
    expect(await sdk().refunds.create({ payment_intent: intent })).toMatchObject({ amount: 600, status: 'succeeded' });
    expect(await refusal(sdk().refunds.create({ payment_intent: intent }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });
});

describe('subscriptions and grants', () => {
  it('renew on a test clock, with what a meter counted', async () => {
    const now = simulator.world.now();
    const start = now - 10 * 86_400;
    const clock = await sdk().testHelpers.testClocks.create({ frozen_time: start });
    const customer = await sdk().customers.create({
      test_clock: clock.id,
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const meter = await sdk().billing.meters.create({
      display_name: 'Tokens',
      event_name: 'renewal_tokens',
      default_aggregation: { formula: 'sum' },
      event_time_window: 'hour',
    });
    const product = await sdk().products.create({ name: 'Tokens' });
    const fee = await sdk().prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
    });
    const metered = { interval: 'month', usage_type: 'metered', meter: meter.id } as const;
    const use = await sdk().prices.create({ product: product.id, currency: 'usd', unit_amount: 2, recurring: metered });
    const made = await sdk().subscriptions.create({
      customer: customer.id,
      items: [{ price: fee.id }, { price: use.id }],
    });
    expect(made).toMatchObject({ status: 'active' });
    await sdk().billing.meterEvents.create({
      event_name: 'renewal_tokens',
      payload: { stripe_customer_id: customer.id, value: '70' },
      timestamp: now - 3_600,
    });
    await sdk().testHelpers.testClocks.advance(clock.id, { frozen_time: start + 32 * 86_400 });
    const invoices = await sdk().invoices.list({ customer: customer.id });
    expect(invoices.data.map((one) => one.status)).toEqual(['paid', 'paid']);
    expect(invoices.data[0]?.total).toBe(640);
    expect(await sdk().subscriptions.cancel(made.id)).toMatchObject({ status: 'canceled' });
  });

  it('allow at most 100 unused grants a customer', async () => {
    const customer = await sdk().customers.create({});
    const grant = () =>
      sdk().billing.creditGrants.create({
        customer: customer.id,
        category: 'promotional',
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 100 } },
        applicability_config: { scope: { price_type: 'metered' } },
      });
    const first = await grant();
    for (let at = 1; at < 100; at += 1) await grant();
    expect(await refusal(grant())).toMatchObject({ statusCode: 400 });
    expect((await sdk().billing.creditGrants.voidGrant(first.id)).voided_at).not.toBeNull();
    await grant();
  });
});
