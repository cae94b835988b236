import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { cancelSubscription } from '../subscriptions/cancel.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { getCatalogueApi } from './get.ts';
import { listCatalogue } from './list.ts';

const t = testContext();
afterAll(() => t.close());

test('an API shows callable addresses, its reference, plans in words, and nothing of drafts or archived plans', async () => {
  const { tenantId, slug } = await t.tenant('Acme');
  const api = await publishedApi(t.db, tenantId, { slug: 'weather' });
  await t.db.within({ tenantId }, async (tx) => {
    await tx.apiVersion.create({ data: { tenantId, id: newId(), apiId: api.id, version: 'v2' } });
    await tx.plan.create({
      data: { tenantId, id: newId(), apiId: api.id, slug: 'old', name: 'Old', limits: [], archivedAt: new Date() },
    });
  });
  const read = await getCatalogueApi(t.visitor, { publisher: slug, api: 'weather' });
  expect(read.publisher).toEqual({ slug, name: 'Acme', description: '' });
  expect(read.versions).toMatchObject([
    { version: 'v1', baseUrl: `http://gateway.test/${slug}/weather/v1`, reference: { openapi: '3.1.0' } },
  ]);
  expect(read.plans.map((plan) => [plan.slug, plan.approval, plan.words])).toEqual([
    ['free', 'auto', ['At most 10 requests a minute; over that, calls are answered 429 until the minute ends.']],
    ['pro', 'manual', ['No limit on the number of requests.']],
  ]);
  expect(read.subscriptions).toEqual([]);
});

test('a subscriber sees their own state and nobody else’s, and keeps sight of an API that went private until it is over', async () => {
  const publisher = await t.tenant();
  const consumer = await t.tenant();
  const other = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  const names = { publisher: publisher.slug, api: api.slug };
  await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  const { id } = await requestSubscription(consumer.owner, { ...names, application: 'app', plan: 'free' });
  const stateOf = async (context: typeof consumer.owner) =>
    (await listCatalogue(context, { publisher: publisher.slug })).items[0]?.subscription;
  expect(await stateOf(consumer.owner)).toBe('approved');
  expect(await stateOf(other.owner)).toBe(null);
  expect((await getCatalogueApi(consumer.owner, names)).subscriptions).toMatchObject([
    { id, state: 'approved', application: { slug: 'app' }, plan: { slug: 'free' } },
  ]);
  expect((await getCatalogueApi(other.owner, names)).subscriptions).toEqual([]);

  await t.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.api.updateMany({ where: { id: api.id }, data: { visibility: 'tenant' } }),
  );
  expect((await getCatalogueApi(consumer.owner, names)).slug).toBe(api.slug);
  await expect(getCatalogueApi(other.owner, names)).rejects.toMatchObject({ code: 'not_found' });
  await cancelSubscription(consumer.owner, { id });
  await expect(getCatalogueApi(consumer.owner, names)).rejects.toMatchObject({ code: 'not_found' });
});
