import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { dismissDeadLetter } from './dismiss.ts';
import { listDeadLetters } from './list.ts';
import { retryDeadLetter } from './retry.ts';

const t = testContext();
afterAll(() => t.close());

const SECRET = 'link-with-a-secret';

async function letter(
  tenantId: string,
  given: { job?: string; payload?: object; failedAt?: Date } = {},
): Promise<string> {
  const id = newId();
  const mail = { tenantId, to: 'dana@example.com', subject: 'Welcome', text: SECRET, html: null };
  await t.db.within({ tenantId }, (tx) =>
    tx.deadLetter.create({
      data: { tenantId, id, queue: 'mail', job: 'mail.send', payload: mail, error: 'refused', attempts: 12, ...given },
    }),
  );
  return id;
}

const outbox = (tenantId: string) =>
  t.db.within({ tenantId }, (tx) =>
    tx.outboxEntry.findMany({ where: { tenantId, topic: { not: 'snapshot.tenant' } } }),
  );

test('failed jobs are listed newest first in words, without what they carried', async () => {
  const { tenantId, owner } = await t.tenant();
  const made = [];
  for (let i = 0; i < 5; i++)
    made.unshift(await letter(tenantId, { failedAt: new Date(Date.now() + Math.floor(i / 2)) }));
  const first = await listDeadLetters(owner, { limit: 3 });
  const second = await listDeadLetters(owner, { limit: 3, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map((item) => item.id).sort()).toEqual(made.sort());
  expect(second.nextCursor).toBeNull();
  expect(first.items[0]).toMatchObject({
    title: 'Mail to dana@example.com: Welcome',
    error: 'refused',
    resolution: null,
  });
  expect(JSON.stringify(first)).not.toContain(SECRET);
});

test('a retry announces the job anew, once, however often it is clicked', async () => {
  const { tenantId, owner } = await t.tenant();
  const id = await letter(tenantId);
  const clicks = await Promise.allSettled([1, 2, 3].map(() => retryDeadLetter(owner, { id })));
  expect(clicks.map((click) => click.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await outbox(tenantId)).toMatchObject([
    { topic: 'mail.send', payload: { to: 'dana@example.com', text: SECRET } },
  ]);
  expect((await listDeadLetters(owner, {})).items).toEqual([]);
  expect((await listDeadLetters(owner, { show: 'resolved' })).items).toMatchObject([{ id, resolution: 'retried' }]);
  await expect(retryDeadLetter(owner, { id })).rejects.toMatchObject({ code: 'invalid_state' });
});

test('what can never succeed cannot be retried, and stays to be dismissed', async () => {
  const { tenantId, owner } = await t.tenant();
  const id = await letter(tenantId, { job: 'usage.ingest', payload: { segmentId: 's', events: [{ status: 'ok' }] } });
  await expect(retryDeadLetter(owner, { id })).rejects.toMatchObject({ code: 'invalid_state' });
  expect((await listDeadLetters(owner, {})).items).toMatchObject([{ id, title: 'Record 1 call' }]);
  await dismissDeadLetter(owner, { id });
  expect(await outbox(tenantId)).toEqual([]);
  const audit = await t.db.within({ tenantId }, (tx) => tx.auditEntry.findMany({ where: { tenantId, subjectId: id } }));
  expect(audit.map((entry) => entry.action)).toEqual(['deadLetters.dismiss']);
});

test('another tenant’s failed job does not exist, and a viewer changes nothing', async () => {
  const [mine, theirs] = [await t.tenant(), await t.tenant()];
  const id = await letter(mine.tenantId);
  await expect(retryDeadLetter(theirs.owner, { id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(dismissDeadLetter(theirs.owner, { id })).rejects.toMatchObject({ code: 'not_found' });
  const viewer = await mine.as('viewer');
  expect((await listDeadLetters(viewer, {})).items).toHaveLength(1);
  await expect(dismissDeadLetter(viewer, { id })).rejects.toMatchObject({ code: 'forbidden' });
});
