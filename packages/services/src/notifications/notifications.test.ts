import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { countUnreadNotifications } from './count-unread.ts';
import { listNotifications } from './list.ts';
import { writeMail } from './mail-shape.ts';
import { markReadNotifications } from './mark-read.ts';

const t = testContext();
afterAll(() => t.close());

test('a person sees, counts and marks their own notices in the open tenant and nobody else’s', async () => {
  const tenant = await t.tenant();
  const member = await tenant.as('viewer');
  const { tenantId } = tenant;
  const notices = [tenant.owner, tenant.owner, tenant.owner, member].map((context, at) => ({
    tenantId,
    id: newId(),
    userId: must(context.userId, 'a person'),
    kind: 'test',
    title: `Notice ${at}`,
  }));
  await t.db.within({ tenantId }, (tx) => tx.notification.createMany({ data: notices }));

  expect(await countUnreadNotifications(tenant.owner, {})).toEqual({ count: 3 });
  const first = await listNotifications(tenant.owner, { limit: 2 });
  expect(first.items.map((item) => item.title)).toEqual(['Notice 2', 'Notice 1']);
  const second = await listNotifications(tenant.owner, { limit: 2, cursor: must(first.nextCursor, 'a cursor') });
  expect(second).toMatchObject({ items: [{ title: 'Notice 0' }], nextCursor: null });

  const theirs = must(notices[3], 'a notice').id;
  expect(await markReadNotifications(tenant.owner, { ids: [theirs] })).toEqual({ marked: 0 });
  expect(await markReadNotifications(tenant.owner, { ids: [must(notices[0], 'a notice').id] })).toEqual({ marked: 1 });
  expect(await markReadNotifications(tenant.owner, {})).toEqual({ marked: 2 });
  expect(await countUnreadNotifications(member, {})).toEqual({ count: 1 });
  const other = await t.tenant();
  expect(await countUnreadNotifications(other.owner, {})).toEqual({ count: 0 });
});

test('a mail escapes what people named things', () => {
  const mail = writeMail({
    subject: 'S',
    paragraphs: ['<img src=x onerror=alert(1)> & co'],
    action: { label: '"Go"', url: 'http://portal.test/?a=1&b="2"' },
    footnote: '<b>why</b>',
  });
  expect(mail.html).not.toMatch(/<img|<b>|"2"/);
  expect(mail.text).toContain('<img src=x onerror=alert(1)> & co');
});
