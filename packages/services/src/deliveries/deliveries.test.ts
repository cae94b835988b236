import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { webhookKey } from '@parley/kernel/standard-webhooks';
import { type TestTenant, testContext } from '@parley/testkit/context';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { setPolicies } from '../api-versions/set-policies.ts';
import { getApi } from '../apis/get.ts';
import { listAudit } from '../audit/list.ts';
import { faultOf, withRestDraft } from '../test/publisher.ts';
import { getUpstream } from '../upstreams/get.ts';
import { enableWebhookDestination } from '../webhook-destinations/enable.ts';
import { listWebhookDestinations } from '../webhook-destinations/list.ts';
import { rotateWebhookSecret } from '../webhook-destinations/rotate-secret.ts';
import { cancelDelivery } from './cancel.ts';
import { getDelivery } from './get.ts';
import { listDeliveries } from './list.ts';
import { replayDelivery } from './replay.ts';
import { replayFailedDeliveries } from './replay-failed.ts';

const t = testContext();
const worker = new pg.Pool({ connectionString: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, max: 2 });
afterAll(async () => {
  await worker.end();
  await t.close();
});

async function publisher() {
  const tenant = await t.tenant();
  await withRestDraft(tenant.owner);
  const [api, upstream] = [
    await getApi(tenant.owner, { api: 'orders' }),
    await getUpstream(tenant.owner, { upstream: 'shop' }),
  ];
  return { ...tenant, apiId: api.id, upstreamId: upstream.id };
}
type Publisher = TestTenant & { apiId: string; upstreamId: string };

const ENDED = ['delivered', 'failed', 'cancelled'];

/** A delivery as a worker leaves it. */
async function delivery(of: Publisher, state: string, { minutesAgo = 0 } = {}): Promise<string> {
  const [eventId, id] = [newId(), newId()];
  await worker.query(
    `INSERT INTO webhook_events (tenant_id, id, api_id, api_version_id, consumer_tenant_id, application_id, request_id, method,
       path, headers, body_bytes, rules, accepted_at, keep_until)
     VALUES ($1, $2, $3, $2, $2, $2, $2, 'POST', '/orders?x=1', '[["content-type","text/plain"]]', 5, '{}',
       now() - make_interval(mins => $4), now() + interval '30 days')`,
    [of.tenantId, eventId, of.apiId, minutesAgo],
  );
  await worker.query(
    `INSERT INTO webhook_deliveries (tenant_id, id, event_id, api_id, upstream_id, upstream_slug, state, tries, starts, concurrency,
       next_try_at, lease, last_status, accepted_at, ended_at)
     VALUES ($1, $2, $3, $4, $5, 'shop', $6::delivery_state, 2, 2, 10, now(), $7, 500, now() - make_interval(mins => $8), $9)`,
    [
      of.tenantId,
      id,
      eventId,
      of.apiId,
      of.upstreamId,
      state,
      state === 'sending' ? newId() : null,
      minutesAgo,
      ENDED.includes(state) ? new Date(Date.now() - minutesAgo * 60_000) : null,
    ],
  );
  await worker.query(
    `INSERT INTO webhook_attempts (tenant_id, delivery_id, number, ended_at, status, duration_ms, excerpt)
     VALUES ($1, $2, 1, now(), 500, 12, 'oops'), ($1, $2, 2, NULL, NULL, NULL, NULL)`,
    [of.tenantId, id],
  );
  return id;
}

const soon = () => new Date(Date.now() + 60_000).toISOString();
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('deliveries', () => {
  test('are listed newest first in pages, by state and destination', async () => {
    const pub = await publisher();
    const ids = [];
    for (let i = 0; i < 5; i++) ids.unshift(await delivery(pub, i % 2 ? 'failed' : 'waiting', { minutesAgo: 5 - i }));
    const first = await listDeliveries(pub.owner, { api: 'orders', limit: 2 });
    const second = await listDeliveries(pub.owner, { api: 'orders', limit: 9, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const failed = await listDeliveries(pub.owner, { api: 'orders', state: 'failed', upstream: 'shop' });
    expect(failed.items.map(({ state, nextTryAt, path }) => [state, nextTryAt, path])).toEqual([
      ['failed', null, '/orders?x=1'],
      ['failed', null, '/orders?x=1'],
    ]);
    expect((await listDeliveries(pub.owner, { api: 'orders', upstream: 'other' })).items).toEqual([]);
  });

  test('are shown with their event and every try, a lost one too', async () => {
    const pub = await publisher();
    const id = await delivery(pub, 'failed');
    const shown = await getDelivery(pub.owner, { id });
    expect(shown).toMatchObject({ id, upstream: 'shop', tries: 2, bodyBytes: 5, lastStatus: 500 });
    expect(shown.headers).toEqual([{ name: 'content-type', value: 'text/plain' }]);
    expect(
      shown.attempts.map(({ number, status, excerpt, endedAt }) => [number, status, excerpt, endedAt === null]),
    ).toEqual([
      [2, null, null, true],
      [1, 500, 'oops', false],
    ]);
  });

  test('that have ended are sent again, once however often it is clicked, and audited', async () => {
    const pub = await publisher();
    for (const state of ENDED) {
      const id = await delivery(pub, state);
      const clicks = await Promise.allSettled([1, 2, 3].map(() => replayDelivery(pub.owner, { id })));
      expect(
        clicks.filter(({ status }) => status === 'fulfilled'),
        state,
      ).toHaveLength(1);
      expect(await getDelivery(pub.owner, { id })).toMatchObject({ state: 'waiting', tries: 0, endedAt: null });
      const { items } = await listAudit(pub.owner, { action: 'deliveries.replay' });
      expect(items.filter(({ subject }) => subject.id === id)).toHaveLength(1);
    }
  });

  test('on their way are cancelled, and neither cancelled nor sent again where that means nothing', async () => {
    const pub = await publisher();
    for (const state of ['waiting', 'sending']) {
      const id = await delivery(pub, state);
      expect((await faultOf(replayDelivery(pub.owner, { id }))).code).toBe('invalid_state');
      expect(await cancelDelivery(pub.owner, { id })).toMatchObject({ state: 'cancelled', nextTryAt: null });
      expect((await faultOf(cancelDelivery(pub.owner, { id }))).code).toBe('invalid_state');
    }
  });

  test('that failed in a span of time are all sent again, those of others and other times not', async () => {
    const [pub, other] = [await publisher(), await publisher()];
    const inside = [
      await delivery(pub, 'failed', { minutesAgo: 30 }),
      await delivery(pub, 'failed', { minutesAgo: 40 }),
    ];
    const outside = [
      await delivery(pub, 'failed', { minutesAgo: 90 }),
      await delivery(pub, 'delivered', { minutesAgo: 30 }),
      await delivery(pub, 'cancelled', { minutesAgo: 30 }),
    ];
    const theirs = await delivery(other, 'failed', { minutesAgo: 30 });
    const span = { api: 'orders', from: ago(60), until: soon() };
    expect(await replayFailedDeliveries(pub.owner, { ...span, upstream: 'other' })).toEqual({ count: 0 });
    expect(await replayFailedDeliveries(pub.owner, span)).toEqual({ count: 2 });
    for (const id of inside) expect((await getDelivery(pub.owner, { id })).state).toBe('waiting');
    for (const id of outside) expect((await getDelivery(pub.owner, { id })).state).not.toBe('waiting');
    expect((await getDelivery(other.owner, { id: theirs })).state).toBe('failed');
    expect((await faultOf(replayFailedDeliveries(pub.owner, { ...span, until: ago(90) }))).code).toBe('invalid_input');
  });

  test('of another tenant do not exist, and a viewer changes nothing', async () => {
    const [mine, theirs] = [await publisher(), await publisher()];
    const id = await delivery(mine, 'failed');
    for (const verb of [getDelivery, replayDelivery, cancelDelivery]) {
      expect((await faultOf(verb(theirs.owner, { id }))).code, verb.spec.name).toBe('not_found');
    }
    expect((await listDeliveries(theirs.owner, { api: 'orders' })).items).toEqual([]);
    const viewer = await mine.as('viewer');
    expect((await getDelivery(viewer, { id })).id).toBe(id);
    expect((await faultOf(replayDelivery(viewer, { id }))).code).toBe('forbidden');
    expect((await faultOf(rotateWebhookSecret(viewer, { upstream: 'shop' }))).code).toBe('forbidden');
  });
});

describe('destinations', () => {
  test('are those the policy names and those that had deliveries', async () => {
    const pub = await publisher();
    expect((await listWebhookDestinations(pub.owner, { api: 'orders' })).items).toEqual([]);
    await setPolicies(pub.owner, { api: 'orders', version: 'v1', policies: { deliver: {} } });
    await delivery(pub, 'waiting');
    expect((await listWebhookDestinations(pub.owner, { api: 'orders' })).items).toMatchObject([
      { upstream: 'shop', disabledAt: null, secrets: [], pending: 1 },
    ]);
    const unknown = { deliver: { to: ['nowhere'] } };
    const fault = await faultOf(setPolicies(pub.owner, { api: 'orders', version: 'v1', policies: unknown }));
    expect(fault.issues[0]?.path).toBe('policies.deliver.to.0');
  });

  test('get a secret that is shown once; the one before ends after the overlap', async () => {
    const pub = await publisher();
    await setPolicies(pub.owner, { api: 'orders', version: 'v1', policies: { deliver: {} } });
    const first = await rotateWebhookSecret(pub.owner, { upstream: 'shop' });
    expect(webhookKey(first.secret)).toHaveLength(32);
    expect(first.overlapEndsAt).toBeNull();
    const second = await rotateWebhookSecret(pub.owner, { upstream: 'shop', overlapHours: 2 });
    const hours = (Date.parse(second.overlapEndsAt ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThan(2.1);
    const { items } = await listWebhookDestinations(pub.owner, { api: 'orders' });
    expect(items[0]?.secrets.map(({ expiresAt }) => expiresAt === null)).toEqual([true, false]);
    const everything = JSON.stringify([items, await listAudit(pub.owner, {})]);
    for (const { secret } of [first, second]) expect(everything).not.toContain(secret.slice(10, 30));
    await rotateWebhookSecret(pub.owner, { upstream: 'shop', overlapHours: 0 });
    expect((await listWebhookDestinations(pub.owner, { api: 'orders' })).items[0]?.secrets).toHaveLength(2);
  });

  test('rotated twice at once have one current secret', async () => {
    const pub = await publisher();
    await Promise.all([1, 2, 3].map(() => rotateWebhookSecret(pub.owner, { upstream: 'shop' })));
    const { rows } = await worker.query(
      'SELECT count(*)::int AS n FROM webhook_secrets WHERE tenant_id = $1 AND expires_at IS NULL',
      [pub.tenantId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('that were switched off take nothing until they are switched on', async () => {
    const pub = await publisher();
    const id = await delivery(pub, 'failed', { minutesAgo: 1 });
    await worker.query(
      `INSERT INTO webhook_destinations (tenant_id, upstream_id, disabled_at, disabled_reason) VALUES ($1, $2, now(), 'Gone.')`,
      [pub.tenantId, pub.upstreamId],
    );
    expect((await faultOf(replayDelivery(pub.owner, { id }))).message).toMatch(/switched off/);
    const span = { api: 'orders', from: ago(60), until: soon() };
    expect(await replayFailedDeliveries(pub.owner, span)).toEqual({ count: 0 });
    expect(await enableWebhookDestination(pub.owner, { upstream: 'shop' })).toMatchObject({ disabledAt: null });
    expect((await faultOf(enableWebhookDestination(pub.owner, { upstream: 'shop' }))).code).toBe('invalid_state');
    expect(await replayFailedDeliveries(pub.owner, span)).toEqual({ count: 1 });
  });
});
