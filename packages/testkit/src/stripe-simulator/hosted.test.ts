import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StripeSimulator, startStripeSimulator } from './start.ts';
import { refusal, sdkFor } from './test-stripe.ts';

let simulator: StripeSimulator;
beforeAll(async () => {
  simulator = await startStripeSimulator();
});
afterAll(() => simulator.close());
const sdk = () => sdkFor(simulator);

const press = (url: string, card: string) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ card }), redirect: 'manual' });
const topUp = (customer: string) =>
  sdk().checkout.sessions.create({
    mode: 'payment',
    customer,
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'Credit' } }, quantity: 1 },
    ],
    success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/back',
    payment_intent_data: { metadata: { kind: 'topUp' } },
  });

describe('hosted pages', () => {
  it('say that they are a simulator, take test cards only, and lead back when paid', async () => {
    const customer = await sdk().customers.create({ name: 'Payer' });
    const session = await topUp(customer.id);
    const shown = await (await fetch(session.url ?? '')).text();
    expect(shown).toContain('This is not Stripe, and no money moves.');
    expect(shown).toContain('25.00 USD');
    expect((await press(session.url ?? '', '4111111111111111')).status).toBe(402);
    const refused = await press(session.url ?? '', '4000000000000002');
    expect(refused.status).toBe(402);
    expect(await refused.text()).toContain('Your card was declined.');
    expect(await sdk().checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
    });
    const paid = await press(session.url ?? '', '4242424242424242');
    expect(paid.headers.get('location')).toBe(`http://127.0.0.1:1/done?session=${session.id}`);
    const after = await sdk().checkout.sessions.retrieve(session.id, { expand: ['payment_intent', 'line_items'] });
    expect(after).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 2_500 });
    expect(after.payment_intent).toMatchObject({ status: 'succeeded', metadata: { kind: 'topUp' } });
    expect(after.line_items?.data[0]?.description).toBe('Credit');
    const twice = await press(session.url ?? session.id, '4242424242424242').catch(() => null);
    expect(twice?.status ?? 402).toBe(402);
    expect(simulator.world.charges.all().filter((one) => one.paid)).toHaveLength(1);
  });

  it('keep a card on file, which the portal can replace', async () => {
    const customer = await sdk().customers.create({ name: 'Keeper' });
    const urls = { success_url: 'http://127.0.0.1:1/done', cancel_url: 'http://127.0.0.1:1/back' };
    const setup = await sdk().checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      ...urls,
    });
    expect((await press(setup.url ?? '', '4242424242424242')).status).toBe(303);
    const done = await sdk().checkout.sessions.retrieve(setup.id, { expand: ['setup_intent'] });
    expect(done.setup_intent).toMatchObject({ status: 'succeeded' });
    const portal = await sdk().billingPortal.sessions.create({ customer: customer.id, return_url: urls.success_url });
    expect((await press(portal.url, '5555555555554444')).status).toBe(200);
    const kept = await sdk().customers.retrieve(customer.id, { expand: ['invoice_settings.default_payment_method'] });
    expect(JSON.stringify(kept)).toContain('"last4":"4444"');
  });

  it('subscribe, and lapse after a day', async () => {
    const product = await sdk().products.create({ name: 'Plan' });
    const price = await sdk().prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 900,
      recurring: { interval: 'month' },
    });
    const session = () =>
      sdk().checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: price.id, quantity: 1 }],
        success_url: 'http://127.0.0.1:1/done',
      });
    const [taken, left] = [await session(), await session()];
    await press(taken.url ?? '', '4242424242424242');
    const done = await sdk().checkout.sessions.retrieve(taken.id, { expand: ['subscription'] });
    expect(done.subscription).toMatchObject({ status: 'active' });
    simulator.advance(86_400 + 1);
    expect(await sdk().checkout.sessions.retrieve(left.id)).toMatchObject({ status: 'expired', url: null });
    expect(await refusal(sdk().checkout.sessions.expire(left.id))).toMatchObject({ statusCode: 400 });
  });
});
