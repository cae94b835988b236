import type { TryRecord } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, test } from 'vitest';
import { addProviderKey } from '../provider-keys/add.ts';
import { getProvider } from '../providers/get.ts';
import { withModels } from '../test/publisher.ts';
import { callStore } from './calls.suite.ts';
import { exportRequests } from './export.ts';
import { getRequest } from './get.ts';
import { listRequests } from './list.ts';
import { tailRequests } from './tail.ts';

const t = testContext();
const calls = callStore();
afterAll(() => Promise.all([t.close(), calls.close()]));

const HOUR_MS = 3_600_000;
const ids = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);

/** A publisher and a consumer; calls of each kind of belonging. */
async function scene() {
  const [publisher, consumer] = [await t.tenant('Acme'), await t.tenant('Bento')];
  const [p, c] = [publisher.tenantId, consumer.tenantId];
  const now = Date.now();
  const [theirs, own, elsewhere] = await calls.store(
    {
      tenantId: p,
      consumerTenantId: c,
      atMs: now - 3_000,
      status: 502,
      code: 'upstream_unreachable',
      providerModel: 'gpt-9',
      node: 'gw-7',
    },
    { tenantId: p, atMs: now - 2_000 },
    { tenantId: c, atMs: now - 1_000, path: '/bento/menu/v1/100%_fresh' },
  );
  return { publisher, consumer, theirs: theirs as string, own: own as string, elsewhere: elsewhere as string };
}

describe('the list', () => {
  test('shows each side its calls, newest first, and nobody else any', async () => {
    const { publisher, consumer, theirs, own, elsewhere } = await scene();
    expect(ids(await listRequests(publisher.owner, {}))).toEqual([own, theirs]);
    expect(ids(await listRequests(publisher.owner, { side: 'published' }))).toEqual([own, theirs]);
    expect(ids(await listRequests(publisher.owner, { side: 'consumed' }))).toEqual([own]);
    expect(ids(await listRequests(consumer.owner, {}))).toEqual([elsewhere, theirs]);
    expect(ids(await listRequests(consumer.owner, { side: 'published' }))).toEqual([elsewhere]);
    const { items } = await listRequests(consumer.owner, {});
    expect(items.map((item) => [item.side, item.publisher.name])).toEqual([
      ['both', 'Bento'],
      ['consumed', null],
    ]);
    const stranger = await t.tenant();
    expect(ids(await listRequests(stranger.owner, {}))).toEqual([]);
  });

  test('is read page by page without gaps or repeats, over days and both sides', async () => {
    const { tenantId, owner } = await t.tenant();
    const other = newId();
    const made = await calls.store(
      ...Array.from({ length: 25 }, (_, i) => ({
        tenantId: i % 3 === 0 ? other : tenantId,
        consumerTenantId: tenantId,
        atMs: Date.now() - i * 5 * HOUR_MS,
      })),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRequests(owner, {
        limit: 4,
        cursor,
        from: new Date(Date.now() - 200 * HOUR_MS).toISOString(),
      });
      seen.push(...ids(page));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(made);
  });

  test('is narrowed down by time, status, code, thing and path, without wildcards from the reader', async () => {
    const { publisher, consumer, theirs, own, elsewhere } = await scene();
    const failed = await listRequests(publisher.owner, { status: 'failed' });
    expect(ids(failed)).toEqual([theirs]);
    expect(ids(await listRequests(publisher.owner, { status: '5xx' }))).toEqual([theirs]);
    expect(ids(await listRequests(publisher.owner, { status: '4xx' }))).toEqual([]);
    expect(ids(await listRequests(publisher.owner, { status: 502 }))).toEqual([theirs]);
    expect(ids(await listRequests(publisher.owner, { code: 'upstream_unreachable' }))).toEqual([theirs]);
    expect(ids(await listRequests(publisher.owner, { consumerTenantId: consumer.tenantId }))).toEqual([theirs]);
    expect(ids(await listRequests(consumer.owner, { search: '100%_F' }))).toEqual([elsewhere]);
    expect(ids(await listRequests(consumer.owner, { search: '100_' }))).toEqual([]);
    expect(ids(await listRequests(publisher.owner, { search: own }))).toEqual([own]);
    expect(ids(await listRequests(publisher.owner, { to: new Date(Date.now() - HOUR_MS).toISOString() }))).toEqual([]);
    const key = (await listRequests(publisher.owner, {})).items[0]?.key.id as string;
    expect(ids(await listRequests(publisher.owner, { keyId: key }))).toEqual([own]);
  });

  test('is narrowed down by how the model ended, what guardrails did, what was kept, slowness and session', async () => {
    const [publisher, consumer] = [await t.tenant('Acme'), await t.tenant('Bento')];
    const base = { tenantId: publisher.tenantId, consumerTenantId: consumer.tenantId };
    const guard = JSON.stringify({ outcome: 'block', findings: [] });
    const [cut, blocked, kept, slow, inSession] = await calls.store(
      { ...base, finishReason: 'length' },
      { ...base, guard },
      { ...base, cache: 'hit' },
      { ...base, durationUs: 6_000_000n },
      { ...base, finishReason: 'stop', sessionId: 's-1' },
    );
    const found = async (filter: object) => ids(await listRequests(publisher.owner, filter));
    expect(await found({ finishReason: 'length' })).toEqual([cut]);
    expect(await found({ finishReason: 'stop' })).toEqual([inSession]);
    expect(await found({ guard: 'any' })).toEqual([blocked]);
    expect(await found({ guard: 'block' })).toEqual([blocked]);
    expect(await found({ guard: 'mask' })).toEqual([]);
    expect(await found({ cache: 'any' })).toEqual([kept]);
    expect(await found({ cache: 'stale' })).toEqual([]);
    expect(await found({ slowerThanMs: 5000 })).toEqual([slow]);
    expect(await found({ slowerThanMs: '7000' })).toEqual([]);
    expect(await found({ sessionId: 's-1' })).toEqual([inSession]);
    expect(ids(await listRequests(consumer.owner, { cache: 'any' }))).toEqual([kept]);
    // Which calls a publisher's guardrails touched is not found out by filtering.
    expect(ids(await listRequests(consumer.owner, { guard: 'any' }))).toEqual([]);
  });

  test('wants the permission', async () => {
    const tenant = await t.tenant();
    const without = await tenant.as(['tenant.read']);
    await expect(listRequests(without, {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('one call', () => {
  test('is explained to both sides, and shows what lies behind it to the publisher only', async () => {
    const { publisher, consumer, theirs, own } = await scene();
    const inside = await getRequest(publisher.owner, { id: theirs });
    expect(inside).toMatchObject({
      code: 'upstream_unreachable',
      explanation: { title: expect.stringContaining('') },
      time: { gatewayUs: 3_000, upstreamUs: 9_000 },
      inside: { providerModel: 'gpt-9', node: 'gw-7', attempts: 1 },
    });
    expect(inside.explanation?.todo.length).toBeGreaterThan(10);
    const outside = await getRequest(consumer.owner, { id: theirs });
    expect(outside.explanation).toEqual(inside.explanation);
    expect(JSON.stringify(outside)).not.toMatch(/gpt-9|gw-7/);
    const other = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    await calls.store({ tenantId: consumer.tenantId, path: `/bento/menu/v1/${other}` });
    for (const id of [own, other]) {
      await expect(getRequest(consumer.owner, { id })).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('the tries of a call', () => {
  test('name whom they asked to the publisher, by label and never by secret, and nothing to the consumer', async () => {
    const [publisher, consumer] = [await t.tenant('Acme'), await t.tenant('Bento')];
    await withModels(publisher.owner);
    const key = await addProviderKey(publisher.owner, {
      provider: 'simulator',
      label: 'second key',
      secret: 'sk-test-4f9a0c71d2e85b36-last',
    });
    const provider = await getProvider(publisher.owner, { provider: 'simulator' });
    const oneTry: TryRecord = {
      reason: 'first',
      outcome: 'rate_limit',
      model: 'model-x',
      providerId: provider.id,
      keyId: key.id,
      atMs: 2,
      durationMs: 30,
      firstTokenMs: null,
      status: 429,
    };
    const gone = { ...oneTry, reason: 'fallback' as const, outcome: 'answered' as const, keyId: newId() };
    const [id = ''] = await calls.store({
      tenantId: publisher.tenantId,
      consumerTenantId: consumer.tenantId,
      tries: JSON.stringify([oneTry, gone]),
    });
    const { inside } = await getRequest(publisher.owner, { id });
    expect(inside?.tries).toMatchObject([
      { outcome: 'rate_limit', status: 429, provider: { name: provider.name }, key: { label: 'second key' } },
      { outcome: 'answered', reason: 'fallback', key: { id: gone.keyId, label: null } },
    ]);
    expect(JSON.stringify(inside)).not.toMatch(/4f9a0c71d2e85b36|sealed/);
    const outside = await getRequest(consumer.owner, { id });
    expect(JSON.stringify(outside)).not.toMatch(/model-x|second key/);
  });
});

test('what the gateway asked models itself stands with the call it was for, for the publisher only', async () => {
  const [publisher, consumer] = [await t.tenant(), await t.tenant()];
  const [p, c] = [publisher.tenantId, consumer.tenantId];
  const [parent = ''] = await calls.store({ tenantId: p, consumerTenantId: c, kind: 'chat' });
  const [side = ''] = await calls.store({
    tenantId: p,
    id: `${parent.slice(0, 13)}${newId().slice(13)}`,
    kind: 'chat',
    purpose: 'judge',
    parentId: parent,
    model: 'judge',
    costNano: 42n,
  });
  // Another call's, of the same moment.
  await calls.store({
    tenantId: p,
    id: `${parent.slice(0, 13)}${newId().slice(13)}`,
    purpose: 'judge',
    parentId: newId(),
  });
  const { inside, costNano } = await getRequest(publisher.owner, { id: parent });
  expect(inside?.sideCalls).toMatchObject([{ id: side, purpose: 'judge', model: 'judge', costNano: '42' }]);
  expect(costNano).toBe('0');
  expect(await getRequest(publisher.owner, { id: side })).toMatchObject({ purpose: 'judge', parentId: parent });
  expect((await getRequest(consumer.owner, { id: parent })).inside).toBeNull();
  await expect(getRequest(consumer.owner, { id: side })).rejects.toMatchObject({ code: 'not_found' });
  expect(ids(await listRequests(consumer.owner, {}))).toEqual([parent]);
});

describe('the tail', () => {
  test('gives what came since, also a call that arrives late, and says where to go on', async () => {
    const { tenantId, owner } = await t.tenant();
    const start = await tailRequests(owner, {});
    expect(start.items).toEqual([]);
    const now = Date.now();
    const [first, second] = await calls.store({ tenantId, atMs: now }, { tenantId, atMs: now + 50 });
    const one = await tailRequests(owner, { cursor: start.cursor });
    expect(ids(one)).toEqual([first, second]);
    const [late] = await calls.store({ tenantId, atMs: now - 2_000 });
    const two = await tailRequests(owner, { cursor: one.cursor });
    expect(ids(two)).toContain(late);
    expect(two.cursor).toBe(one.cursor);
  });

  test('of a flood shows the newest and says so', async () => {
    const { tenantId, owner } = await t.tenant();
    const { cursor } = await tailRequests(owner, {});
    const made = await calls.store(...Array.from({ length: 8 }, (_, i) => ({ tenantId, atMs: Date.now() + i })));
    const answer = await tailRequests(owner, { cursor, limit: 3 });
    expect(ids(answer)).toEqual(made.slice(-3));
    expect(answer).toMatchObject({ truncated: true, cursor: made.at(-1) });
  });
});

test('calls are found by end user and by tag, on both sides, and by nothing that only looks like them', async () => {
  const { tenantId, owner } = await t.tenant();
  const consumer = await t.tenant();
  const [mine, other] = await calls.store(
    { tenantId, consumerTenantId: consumer.tenantId, endUser: 'u-1', tags: { env: 'prod', team: 'a=b' } },
    { tenantId, endUser: 'u-2', tags: { env: 'test' } },
    { tenantId },
  );
  const found = async (filter: object) => ids(await listRequests(owner, filter));
  expect(await found({ endUser: 'u-1' })).toEqual([mine]);
  expect(await found({ endUser: 'u' })).toEqual([]);
  expect(await found({ tag: 'env=prod' })).toEqual([mine]);
  expect(await found({ tag: 'ENV' })).toEqual([other, mine]);
  expect(await found({ tag: 'team=a=b' })).toEqual([mine]);
  expect(await found({ tag: "env' OR true --" })).toEqual([]);
  const theirs = await listRequests(consumer.owner, { tag: 'env=prod' });
  expect(theirs.items).toMatchObject([{ id: mine, endUser: 'u-1', tags: { env: 'prod', team: 'a=b' } }]);
});

test('calls with party tokens are found by who acted, for whom and by which token, on both sides (PT-11.6)', async () => {
  const { tenantId, owner } = await t.tenant();
  const consumer = await t.tenant();
  const party = (acting: string, principal: string, tokenId: string) => ({
    partyActing: acting,
    partyPrincipal: principal,
    partyTokenId: tokenId,
  });
  const [one, two] = [newId(), newId()];
  const [bot, human] = await calls.store(
    { tenantId, consumerTenantId: consumer.tenantId, ...party('bot', 'customer', one) },
    { tenantId, ...party('human', 'customer', two) },
    { tenantId },
  );
  const found = async (filter: object) => ids(await listRequests(owner, filter));
  expect(await found({ party: 'bot' })).toEqual([bot]);
  expect(await found({ principal: 'customer' })).toEqual([human, bot]);
  expect(await found({ partyToken: two })).toEqual([human]);
  expect(await found({ party: "bot' OR true --" })).toEqual([]);
  const theirs = await listRequests(consumer.owner, { party: 'bot' });
  expect(theirs.items).toMatchObject([{ id: bot, party: { acting: 'bot', principal: 'customer', tokenId: one } }]);
  const stranger = await t.tenant();
  expect(ids(await listRequests(stranger.owner, { partyToken: one }))).toEqual([]);
  const { csv } = await exportRequests(owner, { party: 'human' });
  expect(csv).toContain(`human,customer,${two}`);
});

test('the export is CSV that a spreadsheet reads as text, with the list’s filters', async () => {
  const { tenantId, owner } = await t.tenant();
  await calls.store(
    { tenantId, path: '=HYPERLINK("http://evil")', costNano: 1_500_000n, durationUs: 1_234n },
    { tenantId, status: 404 },
  );
  const { csv, count, nextCursor } = await exportRequests(owner, { status: '2xx' });
  expect({ count, nextCursor }).toEqual({ count: 1, nextCursor: null });
  const [headings, line, ...rest] = csv.split('\r\n');
  expect(headings?.split(',').slice(0, 3)).toEqual(['id', 'at', 'side']);
  expect(line).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(line).toContain(',0.0015,USD');
  expect(line).toContain(',1.234,');
  expect(rest).toEqual(['']);
});
