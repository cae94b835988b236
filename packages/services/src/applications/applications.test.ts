import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createKey } from '../keys/create.ts';
import { cancelSubscription } from '../subscriptions/cancel.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { createApplication } from './create.ts';
import { deleteApplication } from './delete.ts';
import { getApplication } from './get.ts';
import { listApplications } from './list.ts';
import { updateApplication } from './update.ts';

const t = testContext();
afterAll(() => t.close());

test('an application is made, found by short name and id, changed and listed with what it holds', async () => {
  const { tenantId, owner, as } = await t.tenant();
  const publisher = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  const made = await createApplication(await as('developer'), { slug: 'shop', name: 'Shop' });
  await createKey(owner, { application: 'shop', name: 'server' });
  await requestSubscription(owner, { application: 'shop', publisher: publisher.slug, api: api.slug, plan: 'free' });
  const changed = await updateApplication(owner, { application: made.id, name: 'Web shop', description: 'Sells' });
  expect(changed).toMatchObject({ id: made.id, slug: 'shop', name: 'Web shop', description: 'Sells' });
  expect(await getApplication(owner, { application: 'shop' })).toMatchObject({
    liveKeys: 1,
    liveSubscriptions: 1,
    waitingSubscriptions: 0,
    lastUsedAt: null,
  });
  expect((await listApplications(await as('viewer'), {})).items.map((item) => item.slug)).toEqual(['shop']);
  const audit = await t.db.within({ tenantId }, (tx) => tx.auditEntry.findMany({ where: { subjectId: made.id } }));
  expect(audit.map((entry) => entry.action).sort()).toEqual(['applications.create', 'applications.update']);
});

test('a taken short name is refused beside its field', async () => {
  const { owner } = await t.tenant();
  await createApplication(owner, { slug: 'shop', name: 'Shop' });
  await expect(createApplication(owner, { slug: 'shop', name: 'Second' })).rejects.toMatchObject({
    code: 'conflict',
    issues: [{ path: 'slug' }],
  });
});

test('deleting is refused with a live subscription; afterwards keys are revoked, the name is free and history stays', async () => {
  const consumer = await t.tenant();
  const publisher = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId, { name: 'Weather' });
  const { id } = await createApplication(consumer.owner, { slug: 'shop', name: 'Shop' });
  await createKey(consumer.owner, { application: 'shop', name: 'server' });
  const subscription = await requestSubscription(consumer.owner, {
    application: 'shop',
    publisher: publisher.slug,
    api: api.slug,
    plan: 'pro',
    reason: 'Forecasts',
  });
  await expect(deleteApplication(consumer.owner, { application: 'shop' })).rejects.toMatchObject({
    code: 'invalid_state',
    message: expect.stringContaining('Weather'),
  });
  await cancelSubscription(consumer.owner, { id: subscription.id });
  await deleteApplication(consumer.owner, { application: 'shop' });
  await expect(getApplication(consumer.owner, { application: id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(deleteApplication(consumer.owner, { application: 'shop' })).rejects.toMatchObject({ code: 'not_found' });
  const { keys, outbox } = await t.db.within({ tenantId: consumer.tenantId }, async (tx) => ({
    keys: await tx.apiKey.findMany({ where: { applicationId: id } }),
    outbox: await tx.outboxEntry.findMany({ where: { topic: 'snapshot.application' }, orderBy: { id: 'desc' } }),
  }));
  expect(keys.map((key) => key.revokedAt)).toEqual([expect.any(Date)]);
  expect(outbox[0]?.payload).toEqual({ tenantId: consumer.tenantId, applicationId: id });
  expect((await createApplication(consumer.owner, { slug: 'shop', name: 'New shop' })).id).not.toBe(id);
  const seen = await t.db.within({ tenantId: publisher.tenantId }, (tx) => tx.application.findMany({ where: { id } }));
  expect(seen.map((application) => application.name)).toEqual(['Shop']);
});

test('an application being deleted takes no subscription at the same moment', async () => {
  const consumer = await t.tenant();
  const publisher = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  for (const slug of ['a', 'b', 'c', 'd']) {
    await createApplication(consumer.owner, { slug, name: slug });
    const [deleted, asked] = await Promise.allSettled([
      deleteApplication(consumer.owner, { application: slug }),
      requestSubscription(consumer.owner, {
        application: slug,
        publisher: publisher.slug,
        api: api.slug,
        plan: 'free',
      }),
    ]);
    expect([deleted.status, asked.status].sort()).toEqual(['fulfilled', 'rejected']);
  }
});

test('paging meets every application once, newest first', async () => {
  const { owner } = await t.tenant();
  for (const slug of ['a', 'b', 'c', 'd', 'e']) await createApplication(owner, { slug, name: slug });
  const first = await listApplications(owner, { limit: 3 });
  const second = await listApplications(owner, { limit: 3, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map((item) => item.slug)).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect(second.nextCursor).toBe(null);
});

test('nobody without the permission and nobody of another tenant can read or change an application', async () => {
  const mine = await t.tenant();
  const { id } = await createApplication(mine.owner, { slug: 'shop', name: 'Shop' });
  const viewer = await mine.as('viewer');
  await expect(createApplication(viewer, { slug: 'x', name: 'X' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(deleteApplication(viewer, { application: id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(listApplications(t.visitor, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  const { owner: stranger } = await t.tenant();
  expect((await listApplications(stranger, {})).items).toEqual([]);
  for (const attempt of [
    () => getApplication(stranger, { application: id }),
    () => updateApplication(stranger, { application: id, name: 'Mine now' }),
    () => deleteApplication(stranger, { application: id }),
    () => createKey(stranger, { application: id, name: 'k' }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  }
});
