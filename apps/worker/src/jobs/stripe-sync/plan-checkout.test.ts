import { NANO_PER_UNIT, parseAmount } from '@parley/kernel/money';
import { createApplication } from '@parley/services/applications/create';
import { checkoutPlan } from '@parley/services/payments/checkout-plan';
import { overviewPayments } from '@parley/services/payments/overview';
import { archivePlan } from '@parley/services/plans/archive';
import { createPlan } from '@parley/services/plans/create';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { changeSubscriptionPlan } from '@parley/services/subscriptions/change-plan';
import { listSubscriptions } from '@parley/services/subscriptions/list';
import { previewSubscriptionPlan } from '@parley/services/subscriptions/preview-plan';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { publishedApi } from '@parley/testkit/published-api';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, describe, expect, it } from 'vitest';
import { stripeBench } from '../../../test/stripe-account.ts';

const bench = await stripeBench();
afterAll(() => bench.close());
const { simulator, worker, sync, press } = bench;

/** A subscription to a free plan, beside a plan `plus` with a fee that asks for a card, and `metered` without a fee. */
async function onFree() {
  const { publisherId, consumerId, context: customer, balance } = await bench.account();
  const publisher = bench.contextOf(publisherId);
  const api = await publishedApi(bench.app, publisherId);
  const priced = async (slug: string, pricing: object) => {
    await createPlan(publisher, { api: api.slug, slug, name: slug, approval: 'auto' });
    await setPlanPrice(publisher, { api: api.slug, plan: slug, pricing: { card: 'required', ...pricing } });
  };
  await priced('plus', { recurring: { amountNano: '3100000000000' } });
  await priced('metered', {
    rules: [
      { id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '2000000000' } },
    ],
  });
  await createApplication(customer, { slug: 'app', name: 'App' });
  const ask = (application: string, plan: string) =>
    requestSubscription(customer, { application, publisher: `t-${publisherId}`, api: api.slug, plan });
  const { id } = await ask('app', 'free');
  return {
    publisher,
    api,
    customer,
    consumerId,
    id,
    ask,
    balance,
    async plan() {
      await sync('events');
      return (await listSubscriptions(customer, { application: 'app' })).items[0]?.plan.slug;
    },
  };
}

const isRefused = (call: Promise<unknown>) => expect(call).rejects.toThrow('A card is left first on this plan');

describe('a plan that asks for a card', () => {
  it('is paid for and had at once, once however often Stripe tells, and the card is there for invoices', async () => {
    const { customer, id, plan, balance, ask } = await onFree();
    const preview = await previewSubscriptionPlan(customer, { id, plan: 'plus' });
    expect(preview.words).toContain('A card is left first');
    const amount = preview.checkout?.amount ?? '0';
    await isRefused(changeSubscriptionPlan(customer, { id, plan: 'plus' }));
    await createApplication(customer, { slug: 'second', name: 'Second' });
    await isRefused(ask('second', 'plus'));

    const { url } = await checkoutPlan(customer, { id, plan: 'plus' });
    expect((await press(url, '4000000000000002')).status).toBe(402);
    expect(await plan()).toBe('free');
    simulator.webhooks.fault({ kind: 'duplicate' }, { type: 'checkout.session.completed', times: 1 });
    expect((await press(url)).headers.get('location')).toMatch(/\/billing\?done=/);
    await waitFor('the plan', async () => (await plan()) === 'plus');
    const completed = simulator.world.events.all().find((one) => one.type === 'checkout.session.completed');
    if (completed) simulator.webhooks.resend(completed);
    await sync('events');
    const paid = parseAmount(amount) ?? 0n;
    // The fee is rated to the millisecond, so some seconds may pass between the two.
    expect(-(await balance('credit_purchased')) - paid).toBeLessThan(NANO_PER_UNIT / 10n);
    expect(await balance('cash')).toBe(-(await balance('credit_purchased')));
    expect(await overviewPayments(customer, {})).toMatchObject({
      accounts: [{ card: { last4: '4242' }, checkouts: [{ kind: 'plan', state: 'completed' }] }],
    });
    const audit = await worker.rows(
      `SELECT 1 FROM audit_entries WHERE action = 'subscriptions.changePlan' AND subject_id = $1`,
      id,
    );
    expect(audit).toHaveLength(1);
    // With a card on file nothing is asked again.
    expect((await previewSubscriptionPlan(customer, { id, plan: 'metered' })).checkout).toBeNull();
    await changeSubscriptionPlan(customer, { id, plan: 'metered' });
    expect(await plan()).toBe('metered');
  });

  it('takes only the card where there is no fee, and nothing where card payments are off', async () => {
    const { customer, id, plan } = await onFree();
    expect((await previewSubscriptionPlan(customer, { id, plan: 'metered' })).checkout).toEqual({ amount: null });
    await press((await checkoutPlan(customer, { id, plan: 'metered' })).url);
    await waitFor('the plan', async () => (await plan()) === 'metered');

    const other = await onFree();
    const off = { ...other.customer, settings: { ...other.customer.settings, stripe: null } };
    expect((await previewSubscriptionPlan(off, { id: other.id, plan: 'plus' })).checkout).toBeNull();
    expect(await changeSubscriptionPlan(off, { id: other.id, plan: 'plus' })).toMatchObject({ plan: { slug: 'plus' } });
  });

  it('keeps what was paid as credit, and says so, where the plan was withdrawn meanwhile', async () => {
    const { customer, publisher, api, consumerId, id, plan, balance } = await onFree();
    const { url } = await checkoutPlan(customer, { id, plan: 'plus' });
    await archivePlan(publisher, { api: api.slug, plan: 'plus' });
    await press(url);
    await waitFor('the credit', async () => {
      await sync('events');
      return (await balance('credit_purchased')) < 0n;
    });
    expect(await plan()).toBe('free');
    const told = await worker.rows<{ title: string }>(
      `SELECT payload->>'title' AS title FROM outbox_entries
       WHERE topic = 'notify.members' AND payload->>'tenantId' = $1 AND payload->>'kind' = 'plan.notChanged'`,
      consumerId,
    );
    expect(told.map(({ title }) => title)).toEqual(['App → Weather could not be moved to plus']);
  });
});
