import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { callStore } from '../requests/calls.suite.ts';
import { listRequests } from '../requests/list.ts';
import { getSession } from './get.ts';
import { listSessions } from './list.ts';

const t = testContext();
const calls = callStore();
afterAll(() => Promise.all([t.close(), calls.close()]));

const names = (page: { items: { sessionId: string }[] }) => page.items.map((item) => item.sessionId);

/** A publisher and the tenant whose application talks to it in two sessions, another application using one of the ids. */
async function scene() {
  const [publisher, consumer] = [await t.tenant('Acme'), await t.tenant('Bento')];
  const [tenantId, consumerTenantId] = [publisher.tenantId, consumer.tenantId];
  const [one, two] = [newId(), newId()];
  const now = Date.now();
  const mine = { tenantId, consumerTenantId, applicationId: one };
  const ids = await calls.store(
    { ...mine, atMs: now - 40_000, sessionId: 'a', inputTokens: 10, outputTokens: 5, costNano: 7n, model: 'm1' },
    { ...mine, atMs: now - 30_000, sessionId: 'b', status: 429, code: 'rate_limited' },
    {
      ...mine,
      atMs: now - 20_000,
      sessionId: 'a',
      inputTokens: 1,
      outputTokens: 2,
      costNano: 3n,
      currency: 'EUR',
      model: 'm2',
    },
    { ...mine, atMs: now - 10_000 },
    { tenantId, consumerTenantId: newId(), applicationId: two, atMs: now - 5_000, sessionId: 'a' },
    { tenantId: newId(), consumerTenantId, applicationId: one, atMs: now - 1_000, sessionId: 'a' },
  );
  return { publisher, consumer, one, two, ids };
}

test('each side sees the sessions of its calls, the latest first, with sums; equal ids of two applications are two', async () => {
  const { publisher, consumer, one, two } = await scene();
  const published = await listSessions(publisher.owner, {});
  expect(published.items.map(({ sessionId, application }) => [sessionId, application.id])).toEqual([
    ['a', two],
    ['a', one],
    ['b', one],
  ]);
  expect(published.items[1]).toMatchObject({
    calls: 2,
    failed: 0,
    inputTokens: 11,
    outputTokens: 7,
    costs: [
      { currency: 'EUR', nano: '3' },
      { currency: 'USD', nano: '7' },
    ],
    models: ['m1', 'm2'],
  });
  expect(published.items[2]).toMatchObject({ calls: 1, failed: 1, costs: [] });
  const consumed = await listSessions(consumer.owner, { side: 'consumed' });
  expect(consumed.items.map(({ sessionId, calls: made }) => [sessionId, made])).toEqual([
    ['a', 3],
    ['b', 1],
  ]);
  expect(names(await listSessions(consumer.owner, {}))).toEqual([]);
  const stranger = await t.tenant();
  expect(names(await listSessions(stranger.owner, { side: 'consumed' }))).toEqual([]);
  expect(names(await listSessions(publisher.owner, { search: 'b' }))).toEqual(['b']);
  expect(names(await listSessions(publisher.owner, { search: '%' }))).toEqual([]);
  expect(names(await listSessions(publisher.owner, { applicationId: one }))).toEqual(['a', 'b']);
});

test('pages hold each session once, over days', async () => {
  const { tenantId, owner } = await t.tenant();
  const applicationId = newId();
  const now = Date.now();
  await calls.store(
    ...Array.from({ length: 40 }, (_, i) => ({
      tenantId,
      applicationId,
      sessionId: `s${i % 9}`,
      atMs: now - i * 3 * 3_600_000,
    })),
  );
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listSessions(owner, { limit: 2, cursor });
    seen.push(...names(page));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(Array.from({ length: 9 }, (_, i) => `s${i}`));
});

test('one session is its calls in order, page by page, and nobody else’s', async () => {
  const { publisher, consumer, one, ids } = await scene();
  const first = await getSession(publisher.owner, { sessionId: 'a', applicationId: one, limit: 1 });
  expect(first).toMatchObject({ calls: 2, page: { items: [{ id: ids[0] }] } });
  const next = await getSession(publisher.owner, {
    sessionId: 'a',
    applicationId: one,
    limit: 1,
    cursor: first.page.nextCursor ?? undefined,
  });
  expect(next.page).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
  const theirs = await getSession(consumer.owner, { sessionId: 'a', applicationId: one, side: 'consumed' });
  expect(theirs.page.items.map((item) => item.id)).toEqual([ids[0], ids[2], ids[5]]);
  const stranger = await t.tenant();
  for (const side of ['published', 'consumed'] as const) {
    await expect(getSession(stranger.owner, { sessionId: 'a', applicationId: one, side })).rejects.toMatchObject({
      code: 'not_found',
    });
  }
  const log = await listRequests(publisher.owner, { sessionId: 'a', applicationId: one });
  expect(log.items.map((item) => item.id)).toEqual([ids[2], ids[0]]);
});

test('wants the permission', async () => {
  const without = await (await t.tenant()).as(['tenant.read']);
  await expect(listSessions(without, {})).rejects.toMatchObject({ code: 'forbidden' });
});
