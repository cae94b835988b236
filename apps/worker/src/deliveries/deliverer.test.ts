import { createHmac } from 'node:crypto';
import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { newId } from '@parley/kernel/id';
import { open, parseMasterKey, seal } from '@parley/kernel/seal';
import { newWebhookSecret, webhookKey } from '@parley/kernel/standard-webhooks';
import { noopLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MASTER_KEY, publisher, type Receiver, startReceiver } from '../../test/event-world.ts';
import { ownDatabase } from '../../test/own-database.ts';
import { testWorker } from '../../test/test-worker.ts';
import { eventAccept } from '../jobs/event-accept/handle.ts';
import { partitionMaintain } from '../jobs/partition-maintain/handle.ts';
import { type Deliverer, startDeliverer } from './deliverer.ts';

const database = await ownDatabase();
const worker = testWorker({ databaseUrl: database.workerUrl });
let receiver: Receiver;
let deliverers: Deliverer[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  receiver.release();
  await Promise.all(deliverers.map((one) => one.stop()));
  deliverers = [];
  await worker.rows('DELETE FROM webhook_events');
  receiver.calls.length = 0;
  receiver.mostRunning = 0;
  receiver.answer = () => ({ status: 204 });
});
afterAll(async () => {
  await receiver.close();
  await worker.close();
  await database.drop();
});

function start(allowedPrivate: readonly string[] = ['127.0.0.0/8']): void {
  const { pool, clock } = worker;
  const metrics = createMetrics();
  const master = parseMasterKey(MASTER_KEY);
  deliverers.push(startDeliverer({ pool, master, allowedPrivate, clock, metrics, log: noopLogger, pollMs: 20 }));
}

interface DeliveryRow {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly starts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly next_try_at: Date;
}
const deliveries = (eventId: string) =>
  worker.rows<DeliveryRow>('SELECT * FROM webhook_deliveries WHERE event_id = $1 ORDER BY upstream_slug', eventId);
const settled = (eventId: string, state: string) =>
  waitFor(`the delivery to be ${state}`, async () => {
    const rows = await deliveries(eventId);
    return rows.length > 0 && rows.every((row) => row.state === state) && rows;
  });
/** Has the next try come now rather than after its pause. */
const hurry = (eventId: string) =>
  worker.rows(`UPDATE webhook_deliveries SET next_try_at = now() WHERE event_id = $1 AND state = 'waiting'`, eventId);
const attempts = (deliveryId: string) =>
  worker.rows(
    'SELECT number, status, error, excerpt FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number',
    deliveryId,
  );

async function destination(baseUrl = receiver.url) {
  const owner = await publisher(worker);
  const id = await owner.upstream('hooks', baseUrl);
  return { owner, to: { id, slug: 'hooks' } };
}

describe('an accepted event', () => {
  test('is delivered, signed as Standard Webhooks has it, with the upstream’s credential', async () => {
    const { owner, to } = await destination(`${receiver.url}/in/`);
    const auth = seal(owner.dataKey, 'Bearer of-the-upstream', 'upstream_auth');
    await worker.rows(
      `UPDATE upstreams SET auth_header = 'Authorization', sealed_auth = $2 WHERE tenant_id = $1`,
      owner.tenantId,
      auth,
    );
    const event = owner.event([to], { text: 'grüße \u{1f389}', path: '/a/%2e%2e/b?x=%20y' });
    await worker.run(eventAccept, event);
    start();
    const [row] = await settled(event.id, 'delivered');
    expect(row).toMatchObject({ tries: 1, starts: 1, last_status: 204, last_error: null });
    const [call] = receiver.calls;
    expect(call).toMatchObject({ method: 'POST', url: '/in/a/%2e%2e/b?x=%20y', body: 'grüße \u{1f389}' });
    expect(call?.headers).toMatchObject({
      'webhook-id': event.id,
      authorization: 'Bearer of-the-upstream',
      'content-type': 'application/json',
    });
    const [secret] = await worker.rows<{ sealed: string }>(
      'SELECT sealed FROM webhook_secrets WHERE tenant_id = $1',
      owner.tenantId,
    );
    const key = webhookKey(open(owner.dataKey, secret?.sealed ?? '', WEBHOOK_SECRET)) as Buffer;
    const signed = `${event.id}.${String(call?.headers['webhook-timestamp'])}.${call?.body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(call?.headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(Math.abs(Number(call?.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(10);
  });

  test('is stored and delivered once, however often its job runs', async () => {
    const { owner, to } = await destination();
    const event = owner.event([to]);
    await Promise.all([1, 2, 3].map(() => worker.run(eventAccept, event)));
    start();
    await settled(event.id, 'delivered');
    await worker.run(eventAccept, event);
    expect((await deliveries(event.id)).map(({ state, starts }) => [state, starts])).toEqual([['delivered', 1]]);
    expect(receiver.calls).toHaveLength(1);
  });

  test('goes to each of several destinations under one id', async () => {
    const { owner, to } = await destination();
    const second = { id: await owner.upstream('second', `${receiver.url}/second`), slug: 'second' };
    const event = owner.event([to, second]);
    await worker.run(eventAccept, event);
    start();
    await settled(event.id, 'delivered');
    expect(receiver.calls.map(({ url }) => url).sort()).toEqual(['/hooks?x=1', '/second/hooks?x=1']);
    expect(receiver.calls.map(({ headers }) => headers['webhook-id'])).toEqual([event.id, event.id]);
    const signatures = new Set(receiver.calls.map(({ headers }) => headers['webhook-signature']));
    expect(signatures.size).toBe(2);
  });

  test('is signed with both secrets while a rotation overlaps, and not with one that has ended', async () => {
    const { owner, to } = await destination();
    const secrets = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
    for (const [at, expires] of [null, '1 hour', '-1 hour'].entries()) {
      await worker.rows(
        `INSERT INTO webhook_secrets (tenant_id, id, use, upstream_id, sealed, masked, expires_at)
         VALUES ($1, $2, 'sign', $3, $4, '', now() + $5::interval)`,
        owner.tenantId,
        newId(),
        to.id,
        seal(owner.dataKey, secrets[at] as string, WEBHOOK_SECRET),
        expires,
      );
    }
    const event = owner.event([to]);
    await worker.run(eventAccept, event);
    start();
    await settled(event.id, 'delivered');
    const { headers, body } = receiver.calls[0] as (typeof receiver.calls)[number];
    const expected = secrets.slice(0, 2).map((secret) => {
      const signed = `${event.id}.${String(headers['webhook-timestamp'])}.${body}`;
      return `v1,${createHmac('sha256', webhookKey(secret) as Buffer)
        .update(signed)
        .digest('base64')}`;
    });
    expect(headers['webhook-signature']).toBe(expected.join(' '));
  });
});

describe('a try that fails', () => {
  test('is repeated with the same id, and each try is kept with the beginning of its answer', async () => {
    const { owner, to } = await destination();
    receiver.answer = (call) =>
      call < 3
        ? { status: call === 1 ? 500 : 302, headers: { location: '/else' }, body: 'x\0'.repeat(5000) }
        : { status: 200 };
    const event = owner.event([to]);
    await worker.run(eventAccept, event);
    start();
    for (const tries of [1, 2]) {
      await waitFor('a failed try', async () => (await deliveries(event.id))[0]?.tries === tries && 'yes');
      await hurry(event.id);
    }
    const [row] = await settled(event.id, 'delivered');
    expect(receiver.calls.map(({ headers, url }) => [headers['webhook-id'], url])).toEqual(
      [1, 2, 3].map(() => [event.id, '/hooks?x=1']),
    );
    const kept = await attempts(row?.id ?? '');
    expect(kept.map(({ number, status, error }) => [number, status, error])).toEqual([
      [1, 500, null],
      [2, 302, null],
      [3, 200, null],
    ]);
    expect(kept[0]?.['excerpt']).toHaveLength(2048);
  });

  test('comes again no earlier than Retry-After asks', async () => {
    const { owner, to } = await destination();
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    const event = owner.event([to]);
    await worker.run(eventAccept, event);
    start();
    const [row] = await waitFor('the first try', async () => {
      const rows = await deliveries(event.id);
      return rows[0]?.tries === 1 && rows;
    });
    const waitMs = (row?.next_try_at.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThan(3_700_000);
  });

  test('for the last time gives the delivery up, and tells the publisher once', async () => {
    const { owner, to } = await destination();
    receiver.answer = () => ({ status: 500 });
    const rules = { retryAfterSeconds: [], timeoutSeconds: 5, concurrency: 10 };
    const events = [owner.event([to], { rules }), owner.event([to], { rules })];
    for (const event of events) await worker.run(eventAccept, event);
    start();
    for (const event of events) await settled(event.id, 'failed');
    const notices = await worker.rows(`SELECT payload FROM outbox_entries WHERE tenant_id = $1`, owner.tenantId);
    expect(notices.length).toBeLessThanOrEqual(2);
    expect(notices[0]?.['payload']).toMatchObject({ kind: 'webhook.failed', permission: 'apis.write' });
  });

  test('with 410 switches the destination off: what comes later is not sent', async () => {
    const { owner, to } = await destination();
    receiver.answer = () => ({ status: 410 });
    const first = owner.event([to]);
    await worker.run(eventAccept, first);
    start();
    await settled(first.id, 'failed');
    const second = owner.event([to]);
    await worker.run(eventAccept, second);
    const [row] = await settled(second.id, 'failed');
    expect(row?.last_error).toMatch(/switched off/);
    expect(receiver.calls).toHaveLength(1);
  });

  test('for want of an answer in time is bounded', async () => {
    const { owner, to } = await destination();
    receiver.answer = () => 'hang';
    const rules = { retryAfterSeconds: [], timeoutSeconds: 1, concurrency: 10 };
    const event = owner.event([to], { rules });
    await worker.run(eventAccept, event);
    start();
    const [row] = await settled(event.id, 'failed');
    expect(row).toMatchObject({ last_status: null, last_error: 'No answer within 1 s.' });
  });

  test.each([
    ['a private address', 'http://10.0.0.1', /private or reserved/],
    ['the metadata service', 'http://169.254.169.254', /private or reserved/],
    ['a name that leads to this machine', 'http://localhost:1', /private or reserved/],
    ['a name that is none', 'http://nowhere.invalid', /resolve/],
  ])('for %s says why and calls nobody', async (_, baseUrl, words) => {
    const { owner, to } = await destination(baseUrl);
    const rules = { retryAfterSeconds: [], timeoutSeconds: 5, concurrency: 10 };
    const event = owner.event([to], { rules });
    await worker.run(eventAccept, event);
    start([]);
    const [row] = await settled(event.id, 'failed');
    expect(row?.last_error).toMatch(words);
  });
});

test('deliveries of a process that died are taken up by another, under the same id', async () => {
  const { owner, to } = await destination();
  const event = owner.event([to]);
  await worker.run(eventAccept, event);
  // What a process leaves behind that was killed in the middle of a try: a lease that ends.
  await worker.rows(
    `UPDATE webhook_deliveries SET state = 'sending', lease = gen_random_uuid(), starts = 1, next_try_at = now() + interval '1 second'`,
  );
  start();
  const [row] = await settled(event.id, 'delivered');
  expect(row).toMatchObject({ starts: 2, tries: 1 });
  expect(receiver.calls.map(({ headers }) => headers['webhook-id'])).toEqual([event.id]);
});

test('one cancelled while it is sent stays cancelled, whatever the answer', async () => {
  const { owner, to } = await destination();
  receiver.answer = () => 'hang';
  const event = owner.event([to]);
  await worker.run(eventAccept, event);
  start();
  await waitFor('the call', async () => receiver.calls.length === 1);
  await worker.rows(`UPDATE webhook_deliveries SET state = 'cancelled', lease = NULL, ended_at = now()`);
  receiver.release();
  await waitFor('the end of the try', async () => {
    const [row] = await deliveries(event.id);
    return (await attempts(row?.id ?? ''))[0]?.['status'] === 204;
  });
  expect((await deliveries(event.id))[0]?.state).toBe('cancelled');
});

test('no more of one destination run at once than its bound, over several workers, and another is not held up', async () => {
  const { owner, to } = await destination();
  const other = await startReceiver();
  try {
    const quick = { id: await owner.upstream('quick', other.url), slug: 'quick' };
    receiver.answer = () => 'hang';
    const rules = { retryAfterSeconds: [1], timeoutSeconds: 20, concurrency: 3 };
    const events = Array.from({ length: 12 }, () => owner.event([to], { rules }));
    for (const event of events) await worker.run(eventAccept, event);
    start();
    start();
    await waitFor('three to be sent', async () => receiver.running === 3);
    const past = owner.event([quick]);
    await worker.run(eventAccept, past);
    await settled(past.id, 'delivered');
    expect(receiver.running).toBe(3);
    await waitFor('all to be delivered', async () => {
      receiver.release();
      const [row] = await worker.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM webhook_deliveries WHERE state = 'delivered'`,
      );
      return row?.n === 13;
    });
    expect(receiver.mostRunning).toBe(3);
    expect(receiver.calls).toHaveLength(12);
  } finally {
    await other.close();
  }
});

test('events are forgotten after their time, except those still on their way', async () => {
  const { owner, to } = await destination();
  const old = Date.now() - 3 * 86_400_000;
  const events = [1, 2, 3].map((keepDays) =>
    owner.event([to], { keepDays: keepDays === 3 ? 30 : 1, acceptedAtMs: old }),
  );
  for (const event of events) await worker.run(eventAccept, event);
  const [first, second, third] = events.map(({ id }) => id);
  await worker.rows(
    `UPDATE webhook_deliveries SET state = 'delivered', ended_at = now() WHERE event_id IN ($1, $2)`,
    first,
    third,
  );
  await worker.run(partitionMaintain, {});
  const rows = await worker.rows<{ id: string }>('SELECT id FROM webhook_events WHERE tenant_id = $1', owner.tenantId);
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([second, third]));
});
