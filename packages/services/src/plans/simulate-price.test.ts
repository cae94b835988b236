import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { setPlanPrice } from './set-price.ts';
import { simulatePlanPrice } from './simulate-price.ts';

const kit = testContext();
const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
const connected = owner.connect();
afterAll(async () => {
  await kit.close();
  await owner.end();
});

test('last month under another price: totals, parts and the dearest, beside the price in force; nothing is written', async () => {
  await connected;
  const publisher = await kit.tenant('Acme');
  const { tenantId } = publisher;
  const api = await publishedApi(kit.db, tenantId);
  const now = new Date();
  const lastMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15, 10));
  const use = async (calls: number, hour: Date, outcome = 'ok', planId = api.autoPlanId) => {
    const consumer = await kit.tenant('Shop Ltd');
    await createApplication(consumer.owner, { slug: 'app', name: 'Till' });
    const { id } = await requestSubscription(consumer.owner, {
      application: 'app',
      publisher: publisher.slug,
      api: api.slug,
      plan: 'free',
    });
    await owner.query(
      `INSERT INTO billing_rollups VALUES ($1, $2, $3, 2, $4, '', $5, 'USD', $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
      [tenantId, id, hour, planId, outcome, consumer.tenantId, calls],
    );
    return id;
  };
  const big = await use(300, lastMonth);
  const small = await use(20, lastMonth);
  await use(99, lastMonth, 'serverError');
  await use(99, now);
  await use(99, lastMonth, 'ok', newId());
  await setPlanPrice(publisher.owner, {
    api: api.slug,
    plan: 'free',
    pricing: { recurring: { amountNano: '1000000000' } },
  });
  const pricing = {
    minimumNano: '3000000000',
    trialDays: 14,
    rules: [
      {
        id: 'calls',
        name: 'Calls',
        meter: 'requests' as const,
        included: 100,
        charge: { kind: 'perUnit' as const, nanoPerMillion: '20000000000000' },
      },
    ],
  };
  const before = await owner.query(`SELECT count(*) FROM plan_prices WHERE tenant_id = $1`, [tenantId]);
  const asked = { api: api.slug, plan: 'free', pricing };
  const result = await simulatePlanPrice(publisher.owner, asked);
  // Each of the three with usage pays 3 at least; 200 calls at 0.02 are 4.
  expect(result).toMatchObject({
    month: lastMonth.toISOString().slice(0, 7),
    currency: 'USD',
    subscriptions: 3,
    total: '10',
    totalNow: '3',
    parts: [
      { name: 'Calls', quantity: '320', included: '120', billed: '200', amount: '4' },
      { name: 'Up to the minimum', amount: '6' },
    ],
  });
  expect(result.dearest[0]).toMatchObject({ subscription: big, application: 'Till', amount: '4', amountNow: '1' });
  expect(await simulatePlanPrice(publisher.owner, { ...asked, subscription: small })).toMatchObject({
    subscriptions: 1,
    total: '3',
  });
  expect(await simulatePlanPrice(publisher.owner, { ...asked, month: 'this' })).toMatchObject({
    subscriptions: 1,
    total: '3',
  });
  expect(await simulatePlanPrice(publisher.owner, { ...asked, usageOf: 'api' })).toMatchObject({ subscriptions: 4 });
  expect(await owner.query(`SELECT count(*) FROM plan_prices WHERE tenant_id = $1`, [tenantId])).toMatchObject({
    rows: before.rows,
  });
});
