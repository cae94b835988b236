import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { approveSubscription } from './approve.ts';
import { cancelSubscription } from './cancel.ts';
import { decideSubscriptions } from './decide.ts';
import { readInbox } from './inbox.ts';
import { refuseSubscription } from './refuse.ts';
import { requestSubscription } from './request.ts';
import { resumeSubscription } from './resume.ts';
import { revokeSubscription } from './revoke.ts';
import { suspendSubscription } from './suspend.ts';

const t = testContext();
afterAll(() => t.close());

/** A publisher with an API and a consumer with so many applications that ask for it. */
async function scene(requests = 1) {
  const publisher = await t.tenant('Acme');
  const consumer = await t.tenant('Shop Ltd');
  const api = await publishedApi(t.db, publisher.tenantId);
  const ids: string[] = [];
  for (let number = 1; number <= requests; number++) {
    const application = `app-${number}`;
    await createApplication(consumer.owner, { slug: application, name: `App ${number}` });
    const input = { application, publisher: publisher.slug, api: api.slug, plan: 'pro', reason: 'Forecasts' };
    ids.push((await requestSubscription(consumer.owner, input)).id);
  }
  return { publisher, consumer, api, ids, id: ids[0] as string };
}

test('approving opens access until the given end, is audited, and is told to the gateway and the person who asked', async () => {
  const { publisher, consumer, id } = await scene();
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const approver = await publisher.as('publisher');
  const view = await approveSubscription(approver, { id, reason: 'Welcome', expiresAt });
  expect(view).toMatchObject({ state: 'approved', expiresAt, decidedBy: 'Test publisher', decisionReason: 'Welcome' });
  const { outbox, audit } = await t.db.within({ tenantId: publisher.tenantId }, async (tx) => ({
    outbox: await tx.outboxEntry.findMany({ where: { topic: { not: 'snapshot.tenant' } }, orderBy: { id: 'asc' } }),
    audit: await tx.auditEntry.findMany({ where: { subjectId: id } }),
  }));
  expect(audit.map((entry) => [entry.action, entry.actorId])).toEqual([['subscriptions.approve', approver.userId]]);
  expect(outbox.map((row) => row.topic)).toEqual(['snapshot.application', 'notify.members']);
  expect(outbox[0]?.payload).toMatchObject({ tenantId: consumer.tenantId });
  expect(outbox[1]?.payload).toMatchObject({
    tenantId: consumer.tenantId,
    userId: consumer.owner.userId,
    permission: null,
    mail: true,
    title: 'Acme approved App 1’s access to Weather',
    href: `/t/${consumer.slug}/applications/app-1`,
  });
  const past = new Date(Date.now() - 1000).toISOString();
  await expect(approveSubscription(approver, { id, expiresAt: past })).rejects.toMatchObject({
    issues: [{ path: 'expiresAt' }],
  });
});

test('refusing, pausing and revoking need a reason; each move is allowed from its states only', async () => {
  const { publisher, ids } = await scene(2);
  const [first = '', second = ''] = ids;
  await expect(refuseSubscription(publisher.owner, { id: first, reason: ' ' })).rejects.toMatchObject({
    issues: [{ path: 'reason' }],
  });
  expect((await refuseSubscription(publisher.owner, { id: first, reason: 'No.' })).state).toBe('refused');
  await expect(resumeSubscription(publisher.owner, { id: second })).rejects.toMatchObject({ code: 'invalid_state' });
  await approveSubscription(publisher.owner, { id: second });
  expect((await suspendSubscription(publisher.owner, { id: second, reason: 'Late.' })).state).toBe('suspended');
  await expect(approveSubscription(publisher.owner, { id: second })).rejects.toMatchObject({ code: 'invalid_state' });
  expect((await resumeSubscription(publisher.owner, { id: second })).state).toBe('approved');
  expect((await revokeSubscription(publisher.owner, { id: second, reason: 'Bye.' })).state).toBe('revoked');
  await expect(revokeSubscription(publisher.owner, { id: second, reason: 'Bye.' })).rejects.toMatchObject({
    code: 'invalid_state',
  });
});

test('of people who decide at once exactly one wins; the others learn who it was and change nothing', async () => {
  const { publisher, id } = await scene();
  const people = await Promise.all([publisher.as('publisher'), publisher.as('admin'), publisher.as('publisher')]);
  const answers = await Promise.allSettled([
    approveSubscription(people[0], { id }),
    refuseSubscription(people[1], { id, reason: 'No.' }),
    approveSubscription(people[2], { id }),
  ]);
  const won = answers.filter((answer) => answer.status === 'fulfilled');
  expect(won).toHaveLength(1);
  const decidedBy = won[0]?.value.decidedBy;
  for (const answer of answers) {
    if (answer.status === 'rejected') {
      expect(answer.reason).toMatchObject({
        code: 'invalid_state',
        message: expect.stringContaining(`by ${decidedBy}`),
      });
    }
  }
  const trail = await t.db.within({ tenantId: publisher.tenantId }, async (tx) => ({
    audit: await tx.auditEntry.count({ where: { subjectId: id } }),
    notices: await tx.outboxEntry.count({ where: { topic: 'notify.members' } }),
  }));
  expect(trail).toEqual({ audit: 1, notices: 1 });
});

test('a request withdrawn while somebody decides is either withdrawn or decided, and the loser is told', async () => {
  const { publisher, consumer, ids } = await scene(4);
  for (const id of ids) {
    const [cancelled, refused] = await Promise.allSettled([
      cancelSubscription(consumer.owner, { id }),
      refuseSubscription(publisher.owner, { id, reason: 'No.' }),
    ]);
    expect([cancelled.status, refused.status].sort()).toEqual(['fulfilled', 'rejected']);
    const loser = cancelled.status === 'rejected' ? cancelled : refused;
    expect(loser).toMatchObject({ reason: { code: 'invalid_state' } });
  }
});

test('many are decided at once; what was settled before is reported and hinders nothing', async () => {
  const { publisher, ids } = await scene(3);
  const [settled = '', ...open] = ids;
  await refuseSubscription(publisher.owner, { id: settled, reason: 'No.' });
  const unknown = newId();
  await expect(decideSubscriptions(publisher.owner, { ids, decision: 'refuse' })).rejects.toMatchObject({
    issues: [{ path: 'reason' }],
  });
  const { results } = await decideSubscriptions(publisher.owner, {
    ids: [...ids, unknown, ...ids],
    decision: 'approve',
  });
  expect(Object.fromEntries(results.map((result) => [result.id, result.code ?? 'ok']))).toEqual({
    [settled]: 'invalid_state',
    [unknown]: 'not_found',
    ...Object.fromEntries(open.map((id) => [id, 'ok'])),
  });
  expect((await readInbox(publisher.owner, { show: 'live' })).items.map((item) => item.id)).toEqual(
    [...open].reverse(),
  );
  const deeds = await t.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.auditEntry.findMany({ where: { subjectId: { in: ids } }, orderBy: { id: 'asc' } }),
  );
  // Whoever asks the log for approvals finds those made many at once too.
  expect(deeds.map((entry) => entry.action)).toEqual([
    'subscriptions.refuse',
    ...open.map(() => 'subscriptions.approve'),
  ]);
});

test('the inbox shows who asks for what and why, oldest first, with their past at this publisher and nobody else’s', async () => {
  const { publisher, consumer, ids } = await scene(3);
  const elsewhere = await scene(1);
  await refuseSubscription(publisher.owner, { id: ids[0] as string, reason: 'No.' });
  const inbox = await readInbox(await publisher.as('viewer'), {});
  expect(inbox.waiting).toBe(2);
  expect(inbox.items.map((item) => item.id)).toEqual(ids.slice(1));
  expect(inbox.items[0]).toMatchObject({
    applicant: { slug: consumer.slug, name: 'Shop Ltd', person: 'Test owner' },
    application: { name: 'App 2' },
    api: { name: 'Weather' },
    plan: { slug: 'pro', words: ['No limit on the number of requests.'] },
    reason: 'Forecasts',
    past: { approved: 0, refused: 1, revoked: 0, calls: 0 },
  });
  const history = await readInbox(publisher.owner, { show: 'history' });
  expect(history.items).toMatchObject([{ id: ids[0], state: 'refused', past: { refused: 0 } }]);
  expect((await readInbox(elsewhere.publisher.owner, {})).items.map((item) => item.id)).toEqual(elsewhere.ids);
  const first = await readInbox(publisher.owner, { limit: 1 });
  const next = await readInbox(publisher.owner, { limit: 1, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...next.items].map((item) => item.id)).toEqual(ids.slice(1));
  await expect(readInbox(await publisher.as('developer'), {})).rejects.toMatchObject({ code: 'forbidden' });
});

test('neither the consumer nor a third tenant can decide, whatever their role', async () => {
  const { consumer, id } = await scene();
  const third = await t.tenant();
  for (const context of [consumer.owner, third.owner]) {
    for (const attempt of [
      () => approveSubscription(context, { id }),
      () => refuseSubscription(context, { id, reason: 'x' }),
      () => revokeSubscription(context, { id, reason: 'x' }),
      () => suspendSubscription(context, { id, reason: 'x' }),
      () => resumeSubscription(context, { id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    }
  }
});
