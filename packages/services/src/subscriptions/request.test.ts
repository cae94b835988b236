import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { cancelSubscription } from './cancel.ts';
import { listSubscriptions } from './list.ts';
import { refuseSubscription } from './refuse.ts';
import { requestSubscription } from './request.ts';
import { revokeSubscription } from './revoke.ts';

const t = testContext();
afterAll(() => t.close());

async function scene() {
  const publisher = await t.tenant('Acme');
  const consumer = await t.tenant('Shop Ltd');
  const api = await publishedApi(t.db, publisher.tenantId);
  const application = await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  const ask = (plan: string, reason = '') =>
    requestSubscription(consumer.owner, { application: 'app', publisher: publisher.slug, api: api.slug, plan, reason });
  return { publisher, consumer, api, application, ask };
}

test('a plan without approval grants access at once; the gateway and the publisher learn of it', async () => {
  const { publisher, consumer, application, ask } = await scene();
  const made = await ask('free');
  expect(made).toMatchObject({ state: 'approved', publisher: { slug: publisher.slug }, plan: { slug: 'free' } });
  expect(made.decidedAt).not.toBe(null);
  const { outbox, audit } = await t.db.within({ tenantId: consumer.tenantId }, async (tx) => ({
    outbox: await tx.outboxEntry.findMany({ orderBy: { id: 'desc' }, take: 2 }),
    audit: await tx.auditEntry.findMany({ where: { subjectId: made.id } }),
  }));
  expect(outbox.map((row) => [row.topic, row.payload])).toEqual([
    [
      'notify.members',
      expect.objectContaining({ tenantId: publisher.tenantId, permission: 'approvals.decide', mail: false }),
    ],
    ['snapshot.application', { tenantId: consumer.tenantId, applicationId: application.id }],
  ]);
  expect(audit.map((entry) => entry.action)).toEqual(['subscriptions.request']);
});

test('a plan with approval waits, asks for a reason, and tells those who decide by mail', async () => {
  const { publisher, consumer, ask } = await scene();
  await expect(ask('pro', '  ')).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: 'reason' }] });
  const made = await ask('pro', 'Forecasts in our shop');
  expect(made).toMatchObject({ state: 'requested', decidedAt: null, reason: 'Forecasts in our shop' });
  const [notice] = await t.db.within({ tenantId: consumer.tenantId }, (tx) =>
    tx.outboxEntry.findMany({ where: { topic: 'notify.members' } }),
  );
  expect(notice?.payload).toMatchObject({
    tenantId: publisher.tenantId,
    userId: null,
    mail: true,
    title: 'Shop Ltd asks for access to Weather',
    href: `/t/${publisher.slug}/approvals`,
  });
});

test('one live subscription per application and API, also when asked twice at once; after an end one may ask again', async () => {
  const { publisher, consumer, ask } = await scene();
  const answers = await Promise.allSettled([ask('pro', 'a'), ask('pro', 'b'), ask('free')]);
  expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' });
  }
  const only = async () => (await listSubscriptions(consumer.owner, {})).items[0]?.id ?? '';
  await cancelSubscription(consumer.owner, { id: await only() });

  const second = await ask('pro', 'again');
  await refuseSubscription(publisher.owner, { id: second.id, reason: 'Say more.' });
  const third = await ask('free');
  await expect(ask('pro', 'more')).rejects.toMatchObject({ code: 'conflict' });
  await revokeSubscription(publisher.owner, { id: third.id, reason: 'Abuse.' });
  expect((await ask('pro', 'we fixed it')).state).toBe('requested');
  expect((await listSubscriptions(consumer.owner, { application: 'app' })).items.map((item) => item.state)).toEqual([
    'requested',
    'revoked',
    'refused',
    'cancelled',
  ]);
});

test('an unknown plan names those on offer; archived plans and retired APIs take nobody', async () => {
  const { publisher, api, ask } = await scene();
  await expect(ask('gold')).rejects.toMatchObject({
    issues: [{ path: 'plan', message: 'On offer: free, pro.' }],
  });
  await t.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.plan.updateMany({ where: { id: api.autoPlanId }, data: { archivedAt: new Date() } }),
  );
  await expect(ask('free')).rejects.toMatchObject({ issues: [{ path: 'plan' }] });
  await t.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.apiVersion.updateMany({ where: { apiId: api.id }, data: { state: 'retired' } }),
  );
  await expect(ask('pro', 'x')).rejects.toMatchObject({ code: 'invalid_state' });
});

test('nobody subscribes to what they cannot see, for an application that is not theirs, or without permission', async () => {
  const { publisher, consumer, api } = await scene();
  const stranger = await t.tenant();
  await createApplication(stranger.owner, { slug: 'theirs', name: 'Theirs' });
  const hidden = await publishedApi(t.db, publisher.tenantId, { visibility: 'tenant' });
  const input = { application: 'app', publisher: publisher.slug, api: api.slug, plan: 'free' };
  await expect(requestSubscription(consumer.owner, { ...input, api: hidden.slug })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(requestSubscription(consumer.owner, { ...input, application: 'theirs' })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(requestSubscription(await consumer.as('viewer'), input)).rejects.toMatchObject({ code: 'forbidden' });
  const made = await requestSubscription(consumer.owner, input);
  await expect(cancelSubscription(stranger.owner, { id: made.id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(cancelSubscription(publisher.owner, { id: made.id })).rejects.toMatchObject({ code: 'not_found' });
});
