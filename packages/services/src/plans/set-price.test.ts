import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { getCatalogueApi } from '../catalogue/get.ts';
import { createModel } from '../models/create.ts';
import { createProvider } from '../providers/create.ts';
import { cancelSubscription } from '../subscriptions/cancel.ts';
import { listSubscriptions } from '../subscriptions/list.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { resumeSubscription } from '../subscriptions/resume.ts';
import { suspendSubscription } from '../subscriptions/suspend.ts';
import { faultOf } from '../test/publisher.ts';
import { listPlans } from './list.ts';
import { planPrices } from './prices.ts';
import { setPlanPrice } from './set-price.ts';

const kit = testContext();
afterAll(() => kit.close());

const QUARTER_MS = 900_000;
const fee = (amountNano: string) => ({ recurring: { amountNano } });

async function scene() {
  const publisher = await kit.tenant('Acme');
  const consumer = await kit.tenant('Shop Ltd');
  const api = await publishedApi(kit.db, publisher.tenantId);
  await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  const plan = { api: api.slug, plan: 'free' };
  const subscribe = () =>
    requestSubscription(consumer.owner, { application: 'app', publisher: publisher.slug, ...plan });
  const segments = () =>
    kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
      tx.subscriptionSegment.findMany({ orderBy: { fromAt: 'asc' }, include: { price: { select: { number: true } } } }),
    );
  /** [price number, from, until] of each. */
  const spans = async () =>
    (await segments()).map((one) => [one.price.number, one.fromAt.getTime(), one.untilAt?.getTime() ?? null]);
  return { publisher, consumer, api, plan, subscribe, segments, spans };
}

describe('the price of a plan', () => {
  it('is added, never changed, and shown to whoever sees the plan', async () => {
    const { publisher, consumer, api, plan } = await scene();
    const { owner, tenantId } = publisher;
    expect((await planPrices(owner, plan)).items).toEqual([]);
    const first = await setPlanPrice(owner, { ...plan, pricing: fee('5000000000') });
    expect(first).toMatchObject({ number: 1, currency: 'USD', words: ['$5.00 a month', 'Paid by monthly invoice'] });
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const second = await setPlanPrice(owner, { ...plan, pricing: fee('7000000000'), effectiveFrom: later });
    expect((await planPrices(owner, plan)).items.map(({ number }) => number)).toEqual([2, 1]);
    const [listed] = (await listPlans(owner, { api: api.slug })).items;
    expect([listed?.price?.id, listed?.nextPrice?.id]).toEqual([first.id, second.id]);
    for (const who of [consumer.owner, kit.visitor]) {
      const shown = await getCatalogueApi(who, { publisher: publisher.slug, api: api.slug });
      expect(shown.plans.map(({ price, nextPrice }) => [price?.words[0], nextPrice?.words[0]])).toEqual([
        ['$5.00 a month', '$7.00 a month'],
        [undefined, undefined],
      ]);
    }
    const change = kit.db.within({ tenantId }, (tx) =>
      tx.planPrice.updateMany({ where: { tenantId }, data: { number: 9 } }),
    );
    await expect(change).rejects.toThrow(/denied|privilege/i);
    const removal = kit.db.within({ tenantId }, (tx) => tx.planPrice.deleteMany({ where: { tenantId } }));
    await expect(removal).rejects.toThrow(/denied|privilege/i);
  });

  it('cannot begin in the past or before one that is set, nor mark up costs in a currency that is not the tenant’s', async () => {
    const { publisher, plan } = await scene();
    const set = (more: object) => faultOf(setPlanPrice(publisher.owner, { ...plan, pricing: {}, ...more }));
    expect((await set({ effectiveFrom: '2020-01-01T00:00:00Z' })).issues[0]?.path).toBe('effectiveFrom');
    await setPlanPrice(publisher.owner, {
      ...plan,
      pricing: {},
      effectiveFrom: new Date(Date.now() + 60_000).toISOString(),
    });
    expect((await set({})).issues[0]?.path).toBe('effectiveFrom');
    await createProvider(publisher.owner, { slug: 'p', name: 'P', baseUrl: 'http://127.0.0.1:9/v1' });
    await createModel(publisher.owner, {
      slug: 'm',
      provider: 'p',
      providerModel: 'm',
      price: { input: '1', output: '1', currency: 'EUR' },
    });
    const rules = [{ id: 'cost', name: 'Models', meter: 'cost', charge: { kind: 'markup', ppm: 1_200_000 } }];
    const effectiveFrom = new Date(Date.now() + 3_600_000).toISOString();
    expect((await set({ pricing: { rules }, effectiveFrom })).issues[0]?.path).toBe('pricing.rules.0.meter');
  });

  it('charges no refused calls from credit, and tells gateways of those on the plan before it holds', async () => {
    const { publisher, plan, subscribe } = await scene();
    const { tenantId } = publisher;
    await subscribe();
    const told = () =>
      kit.db.within({ tenantId }, (tx) => tx.outboxEntry.count({ where: { tenantId, topic: 'snapshot.application' } }));
    const before = await told();
    const prepaid = { collection: 'prepaid', outcomes: { refused: true } } as const;
    const fault = await faultOf(setPlanPrice(publisher.owner, { ...plan, pricing: prepaid }));
    expect(fault.issues[0]?.path).toBe('pricing.outcomes.refused');
    await setPlanPrice(publisher.owner, { ...plan, pricing: { collection: 'prepaid' } });
    expect(await told()).toBe(before + 1);
    // Back to invoices: they must hear of that, too.
    await setPlanPrice(publisher.owner, { ...plan, pricing: {} });
    await setPlanPrice(publisher.owner, { ...plan, pricing: {} });
    expect(await told()).toBe(before + 2);
  });
});

describe('which price a subscription stands under', () => {
  it('is that of its plan from the day it is granted, to the moment the consumer gives it up', async () => {
    const { publisher, consumer, plan, subscribe, spans } = await scene();
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('1') });
    const before = Date.now();
    const { id, price } = await subscribe();
    expect(price?.number).toBe(1);
    const [open] = await spans();
    expect(open?.[1]).toBeGreaterThanOrEqual(before - 5);
    expect(open?.[2]).toBeNull();
    await cancelSubscription(consumer.owner, { id });
    const [closed] = await spans();
    expect(closed?.[2]).toBeGreaterThan(Number(closed?.[1]));
    expect((await listSubscriptions(consumer.owner, {})).items[0]?.price).toBeNull();
  });

  it('changes for those on the plan at the next full quarter of an hour, also where they had none', async () => {
    const { publisher, plan, subscribe, spans } = await scene();
    await subscribe();
    expect(await spans()).toEqual([]);
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('1') });
    const quarter = Math.ceil(Date.now() / QUARTER_MS) * QUARTER_MS;
    expect(await spans()).toEqual([[1, quarter, null]]);
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('2') });
    expect(await spans()).toEqual([[2, quarter, null]]);
    const inAnHour = quarter + 4 * QUARTER_MS;
    await setPlanPrice(publisher.owner, {
      ...plan,
      pricing: fee('3'),
      effectiveFrom: new Date(inAnHour - 60_000).toISOString(),
    });
    expect(await spans()).toEqual([
      [2, quarter, inAnHour],
      [3, inAnHour, null],
    ]);
  });

  it('stays for those on the plan where the new one is for newcomers, also over a pause', async () => {
    const { publisher, plan, subscribe, spans } = await scene();
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('1') });
    const { id } = await subscribe();
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('2'), forSubscribers: false });
    await suspendSubscription(publisher.owner, { id, reason: 'pause' });
    expect((await spans()).map(([number, , until]) => [number, until === null])).toEqual([[1, false]]);
    await resumeSubscription(publisher.owner, { id });
    expect((await spans()).map(([number, , until]) => [number, until === null])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it('holds what is set to come for who subscribes before it begins', async () => {
    const { publisher, plan, subscribe, spans } = await scene();
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('1') });
    const quarter = Math.ceil((Date.now() + 3_600_000) / QUARTER_MS) * QUARTER_MS;
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('2'), effectiveFrom: new Date(quarter).toISOString() });
    await subscribe();
    expect((await spans()).map(([number, , until]) => [number, until])).toEqual([
      [1, quarter],
      [2, null],
    ]);
  });

  it('is never written by a consumer’s own hand', async () => {
    const { publisher, consumer, plan, subscribe, segments } = await scene();
    await setPlanPrice(publisher.owner, { ...plan, pricing: fee('1') });
    await subscribe();
    const [segment] = await segments();
    const asConsumer = { tenantId: consumer.tenantId };
    const seen = await kit.db.within(asConsumer, (tx) =>
      tx.subscriptionSegment.count({ where: { id: String(segment?.id) } }),
    );
    expect(seen).toBe(1);
    const change = await kit.db.within(asConsumer, (tx) =>
      tx.subscriptionSegment.updateMany({
        where: { id: String(segment?.id) },
        data: { untilAt: new Date(Date.now() + 1000) },
      }),
    );
    expect(change.count).toBe(0);
  });
});
