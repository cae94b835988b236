import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { createPlan } from '../plans/create.ts';
import { setPlanPrice } from '../plans/set-price.ts';
import { faultOf } from '../test/publisher.ts';
import { changeSubscriptionPlan } from './change-plan.ts';
import { previewSubscriptionPlan } from './preview-plan.ts';
import { requestSubscription } from './request.ts';

const kit = testContext();
afterAll(() => kit.close());

async function scene() {
  const publisher = await kit.tenant('Acme');
  const consumer = await kit.tenant('Shop Ltd');
  const api = await publishedApi(kit.db, publisher.tenantId);
  const price = (plan: string, fee: string) =>
    setPlanPrice(publisher.owner, { api: api.slug, plan, pricing: { recurring: { amountNano: fee } } });
  await createPlan(publisher.owner, { api: api.slug, slug: 'plus', name: 'Plus', approval: 'auto' });
  await price('plus', '31000000000');
  await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  const { id } = await requestSubscription(consumer.owner, {
    application: 'app',
    publisher: publisher.slug,
    api: api.slug,
    plan: 'free',
  });
  const segments = () =>
    kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
      tx.subscriptionSegment.findMany({ orderBy: { fromAt: 'asc' }, include: { price: { include: { plan: true } } } }),
    );
  return { publisher, consumer, id, segments, price };
}

test('a consumer moves to a plan that grants access by itself; gateway, audit and price follow at once', async () => {
  const { consumer, id, segments } = await scene();
  expect(await segments()).toEqual([]);
  const moved = await changeSubscriptionPlan(consumer.owner, { id, plan: 'plus' });
  expect(moved).toMatchObject({
    plan: { slug: 'plus' },
    price: { words: ['$31.00 a month', 'Paid by monthly invoice'] },
  });
  expect((await segments()).map(({ price, untilAt }) => [price.plan.slug, untilAt])).toEqual([['plus', null]]);
  await changeSubscriptionPlan(consumer.owner, { id, plan: 'free' });
  const [ended] = await segments();
  expect(ended?.untilAt).not.toBeNull();
  const { outbox, audit } = await kit.db.within({ tenantId: consumer.tenantId }, async (tx) => ({
    outbox: await tx.outboxEntry.count({ where: { topic: 'snapshot.application' } }),
    audit: await tx.auditEntry.findMany({ where: { action: 'subscriptions.changePlan' }, orderBy: { id: 'asc' } }),
  }));
  expect(outbox).toBeGreaterThanOrEqual(3);
  expect(audit.map(({ detail }) => detail)).toEqual([
    { from: 'free', to: 'plus' },
    { from: 'plus', to: 'free' },
  ]);
});

test('the preview says what is charged: of the fee, what is left of the month', async () => {
  const { consumer, id, segments } = await scene();
  const preview = await previewSubscriptionPlan(consumer.owner, { id, plan: 'plus' });
  expect(preview).toMatchObject({ currency: 'USD', stay: '0', words: ['$31.00 a month', 'Paid by monthly invoice'] });
  expect(preview.lines).toEqual([{ name: 'Fee of Plus', stay: '0', move: preview.move }]);
  expect(Number(preview.move)).toBeGreaterThan(0);
  expect(Number(preview.move)).toBeLessThanOrEqual(31);
  expect(await segments()).toEqual([]);
  await changeSubscriptionPlan(consumer.owner, { id, plan: 'plus' });
  const back = await previewSubscriptionPlan(consumer.owner, { id, plan: 'free' });
  // Milliseconds of a month.
  expect(Number(back.move)).toBeLessThan(0.01);
  expect(Number(back.stay)).toBeCloseTo(Number(preview.move), 2);
});

test('a plan with approval, one that is not offered, or a subscription of another tenant is refused, in the database too', async () => {
  const { publisher, consumer, id } = await scene();
  const change = (plan: string) => faultOf(changeSubscriptionPlan(consumer.owner, { id, plan }));
  expect((await change('pro')).issues[0]?.path).toBe('plan');
  expect((await change('free')).issues[0]?.path).toBe('plan');
  expect((await change('gold')).issues[0]?.path).toBe('plan');
  const other = await kit.tenant();
  expect((await faultOf(changeSubscriptionPlan(other.owner, { id, plan: 'plus' }))).code).toBe('not_found');
  const plans = await kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.plan.findMany({ where: { tenantId: publisher.tenantId } }),
  );
  const manual = plans.find(({ slug }) => slug === 'pro');
  const byHand = kit.db.within({ tenantId: consumer.tenantId }, (tx) =>
    tx.subscription.updateMany({ where: { id }, data: { planId: String(manual?.id) } }),
  );
  await expect(byHand).rejects.toThrow(/only the publisher moves|denied|privilege/i);
});
