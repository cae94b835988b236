import { NANO_PER_UNIT } from '@parley/kernel/money';
import { buyCredit } from '@parley/services/payments/buy-credit';
import { keepCard } from '@parley/services/payments/keep-card';
import { openPaymentPortal } from '@parley/services/payments/open-portal';
import { overviewPayments } from '@parley/services/payments/overview';
import { listStripeEvents } from '@parley/services/stripe-events/list';
import { retryStripeEvent } from '@parley/services/stripe-events/retry';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, describe, expect, it } from 'vitest';
import { stripeBench } from '../../../test/stripe-account.ts';

const bench = await stripeBench();
afterAll(() => bench.close());
const { simulator, worker, sync, press } = bench;

const eventRows = (type: string) =>
  worker.rows<{ id: string; state: string; tries: number; last_error: string }>(
    'SELECT id, state, tries, last_error FROM stripe_events WHERE type = $1 ORDER BY received_at',
    type,
  );
/** Waits until the webhooks of what was done have all been answered. */
const heard = async (type: string, count: number) =>
  waitFor(`${count} of ${type}`, async () => (await eventRows(type)).length >= count);

describe('credit bought by card', () => {
  it('is granted once, however often, late and in whatever order Stripe tells of it', async () => {
    const { context, accountId, balance, publisherId } = await bench.account();
    const { url } = await buyCredit(context, { account: accountId, amount: '25' });
    simulator.webhooks.fault({ kind: 'duplicate' }, { type: 'checkout.session.completed', times: 1 });
    simulator.webhooks.fault({ kind: 'reorder' }, { type: 'payment_intent.succeeded', times: 1 });
    simulator.webhooks.fault({ kind: 'drop' }, { type: 'charge.succeeded', times: 1 });
    expect((await press(url)).headers.get('location')).toMatch(/\/billing\?done=/);
    await heard('checkout.session.completed', 1);
    await Promise.all([sync('events'), sync('events')]);
    const completed = simulator.world.events.all().find((one) => one.type === 'checkout.session.completed');
    if (completed) simulator.webhooks.resend(completed);
    await waitFor(
      'the repeats',
      () => simulator.webhooks.deliveries.filter((one) => one.eventId === completed?.id).length >= 3,
    );
    await sync('events');
    expect(await balance('credit_purchased')).toBe(-25n * NANO_PER_UNIT);
    expect(await balance('cash')).toBe(25n * NANO_PER_UNIT);
    expect(await eventRows('checkout.session.completed')).toHaveLength(1);
    const told = await listStripeEvents(bench.contextOf(publisherId), {});
    expect(told.items.map((one) => one.outcome)).toContain('25 USD of credit was bought.');
    const shown = await overviewPayments(context, {});
    expect(shown).toMatchObject({
      stripe: 'simulated',
      accounts: [{ checkouts: [{ kind: 'topUp', amount: '25', state: 'completed' }] }],
    });
  });

  it('is not granted for a page that nobody paid, or whose card was declined', async () => {
    const { context, accountId, balance } = await bench.account();
    const { url } = await buyCredit(context, { account: accountId, amount: '5' });
    expect((await press(url, '4000000000000002')).status).toBe(402);
    await sync('events');
    expect(await balance('credit_purchased')).toBe(0n);
  });

  it('is found although the process died between Stripe’s answer and its row, and the webhook never came', async () => {
    const { context, accountId, balance } = await bench.account();
    // The SDK asks again under the same key: Stripe carries the call out once.
    simulator.faults.plan('answerLost', { path: /checkout\/sessions/, times: 10 });
    await expect(buyCredit(context, { account: accountId, amount: '10' })).rejects.toThrow();
    simulator.faults.clear();
    const orphan = simulator.world.sessions.all().at(-1);
    expect(simulator.world.sessions.all().filter((one) => one.metadata['parley_account'] === accountId)).toHaveLength(
      1,
    );
    await press(orphan?.url ?? '');
    await waitFor('its event', async () => {
      await sync('events');
      return (await balance('credit_purchased')) === -10n * NANO_PER_UNIT;
    });
    const silent = await buyCredit(context, { account: accountId, amount: '7' });
    const address = simulator.webhooks.address;
    simulator.webhooks.address = null;
    await press(silent.url);
    simulator.webhooks.address = address;
    await sync('sweep', Date.now() + 180_000);
    expect(await balance('credit_purchased')).toBe(-17n * NANO_PER_UNIT);
    const customers = simulator.world.customers.all().filter((one) => one.metadata['parley_account'] === accountId);
    expect(customers).toHaveLength(1);
  });

  it('is taken back, as far as it is left, when Stripe refunds it', async () => {
    const { context, accountId, balance } = await bench.account();
    const { url } = await buyCredit(context, { account: accountId, amount: '12' });
    await press(url);
    await waitFor('the credit', async () => {
      await sync('events');
      return (await balance('credit_purchased')) < 0n;
    });
    const paid = simulator.world.paymentIntents.all().at(-1);
    await bench.stripe.client.refunds.create({ payment_intent: paid?.id ?? '' });
    await heard('refund.created', 1);
    await sync('events');
    expect(await balance('credit_purchased')).toBe(0n);
    expect(await balance('cash')).toBe(0n);
  });

  it('is bought by the customer alone, in amounts that its currency has', async () => {
    const { accountId, publisherId, context } = await bench.account();
    await expect(buyCredit(bench.contextOf(publisherId), { account: accountId, amount: '5' })).rejects.toThrow(
      'no such billing account',
    );
    await expect(buyCredit(context, { account: accountId, amount: '5.001' })).rejects.toThrow('cannot be bought');
    const off = { ...context, settings: { ...context.settings, stripe: null } };
    await expect(buyCredit(off, { account: accountId, amount: '5' })).rejects.toThrow('Card payments are off');
  });
});

describe('a card', () => {
  it('is kept by a page of Stripe’s, and shown as its last four digits', async () => {
    const { context, accountId } = await bench.account();
    await press((await keepCard(context, { account: accountId })).url);
    const card = async () => {
      await sync('events');
      return (await overviewPayments(context, {})).accounts[0]?.card;
    };
    expect(await waitFor('the card', card)).toMatchObject({ brand: 'visa', last4: '4242' });
    const portal = await openPaymentPortal(context, { account: accountId });
    await press(portal.url, '5555555555554444');
    await waitFor('the other card', async () => (await card())?.last4 === '4444');
  });
});

describe('what Stripe tells', () => {
  it('is tried again while Stripe is away, and waits for a person after many tries', async () => {
    const { context, accountId, publisherId, balance } = await bench.account();
    const { url } = await buyCredit(context, { account: accountId, amount: '3' });
    await press(url);
    await heard('checkout.session.completed', 1);
    simulator.faults.plan('serverError', { path: /GET \/v1\/checkout/, times: 100 });
    const newest = async () => (await eventRows('checkout.session.completed')).at(-1);
    await waitFor('the event', async () => (await newest())?.state === 'waiting');
    await sync('events');
    expect(await newest()).toMatchObject({ state: 'waiting', tries: 1 });
    await worker.rows(`UPDATE stripe_events SET tries = 19, next_try_at = now() WHERE id = $1`, (await newest())?.id);
    await sync('events');
    simulator.faults.clear();
    expect(await newest()).toMatchObject({ state: 'failed' });
    const publisher = bench.contextOf(publisherId);
    const { items } = await listStripeEvents(publisher, { state: 'failed' });
    await expect(retryStripeEvent(context, { event: items[0]?.id ?? '' })).rejects.toThrow('no such event');
    await retryStripeEvent(publisher, { event: items[0]?.id ?? '' });
    await sync('events');
    expect(await balance('credit_purchased')).toBe(-3n * NANO_PER_UNIT);
  });

  it('is believed only when signed with a current secret, and not too long ago', async () => {
    await bench.account();
    const before = bench.answered.length;
    simulator.webhooks.fault({ kind: 'wrongSignature' });
    simulator.world.emit('customer.updated', { id: 'cus_forged', object: 'customer' });
    await waitFor('the retry', () => bench.answered.length >= before + 2);
    expect(bench.answered.slice(before)).toEqual([400, 200]);
    simulator.webhooks.fault({ kind: 'stale', seconds: 400 });
    simulator.world.emit('customer.updated', { id: 'cus_old', object: 'customer' });
    await waitFor('the retry', () => bench.answered.length >= before + 4);
    expect(bench.answered.slice(before)).toEqual([400, 200, 400, 200]);
  });
});
