import { createHmac } from 'node:crypto';
import { type AcceptedCallback, CALLBACK_SECRET, WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import { newId } from '@parley/kernel/id';
import { parseMasterKey, seal } from '@parley/kernel/seal';
import { newWebhookSecret, webhookKey } from '@parley/kernel/standard-webhooks';
import { noopLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MASTER_KEY, publisher, type Receiver, startReceiver } from '../../../test/event-world.ts';
import { ownDatabase } from '../../../test/own-database.ts';
import { testWorker } from '../../../test/test-worker.ts';
import { type Deliverer, startDeliverer } from '../../deliveries/deliverer.ts';
import { callbackAccept } from './handle.ts';

const database = await ownDatabase();
const master = parseMasterKey(MASTER_KEY);
const worker = testWorker({ databaseUrl: database.workerUrl, masterKey: master });
let receiver: Receiver;
let deliverers: Deliverer[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(deliverers.map((one) => one.stop()));
  deliverers = [];
  await worker.rows('DELETE FROM webhook_events');
  receiver.calls.length = 0;
  receiver.answer = () => ({ status: 204 });
});
afterAll(async () => {
  await receiver.close();
  await worker.close();
  await database.drop();
});

/** Delivers what is due; the operator allows publishers loopback addresses, and callers none unless told. */
function start(callbackPrivate?: readonly string[]): void {
  const { pool, clock } = worker;
  const told = callbackPrivate === undefined ? {} : { callbackPrivate };
  const metrics = createMetrics();
  const allowedPrivate = ['127.0.0.0/8'];
  deliverers.push(
    startDeliverer({ pool, master, allowedPrivate, clock, metrics, log: noopLogger, pollMs: 20, ...told }),
  );
}

/** An application with a secret that signs, and a job of its that has ended, stored as the gateway tells of it. */
async function told(): Promise<{ callback: AcceptedCallback; secret: string }> {
  const owner = await publisher(worker);
  const { tenantId } = owner;
  const applicationId = newId();
  await worker.rows(
    'INSERT INTO applications (tenant_id, id, slug, name, updated_at) VALUES ($1, $2, $3, $3, now())',
    tenantId,
    applicationId,
    'app',
  );
  const secret = newWebhookSecret();
  await worker.rows(
    `INSERT INTO webhook_secrets (tenant_id, id, use, application_id, name, sealed, masked)
     VALUES ($1, $2, 'verify', $3, $4, $5, '')`,
    tenantId,
    newId(),
    applicationId,
    CALLBACK_SECRET,
    seal(owner.dataKey, secret, WEBHOOK_SECRET),
  );
  const callback = {
    id: newId(),
    tenantId,
    applicationId,
    apiId: newId(),
    apiVersionId: newId(),
    url: 'https://hooks.example.com/done?x=1',
    body: '{"type":"job.succeeded"}',
    atMs: Date.now(),
  };
  await worker.run(callbackAccept, callback);
  await worker.run(callbackAccept, callback);
  // Only https can be asked for; the test's receiver speaks http.
  await worker.rows(
    'UPDATE webhook_events SET callback_url = $2 WHERE id = $1',
    callback.id,
    `${receiver.url}/done?x=1`,
  );
  return { callback, secret };
}

const until = (id: string, state: string) =>
  waitFor(`the callback to be ${state}`, async () => {
    const rows = await worker.rows<{ state: string; last_error: string | null; tries: number }>(
      'SELECT state, last_error, tries FROM webhook_deliveries WHERE event_id = $1',
      id,
    );
    return rows.length === 1 && rows[0]?.state === state ? rows[0] : null;
  });

describe('a callback', () => {
  test('is stored and delivered once, signed with its application’s secret', async () => {
    const { callback, secret } = await told();
    start(['127.0.0.0/8']);
    await until(callback.id, 'delivered');
    expect(receiver.calls).toHaveLength(1);
    const [call] = receiver.calls;
    expect(call).toMatchObject({ method: 'POST', url: '/done?x=1', body: callback.body });
    const signed = `${callback.id}.${String(call?.headers['webhook-timestamp'])}.${callback.body}`;
    const signature = createHmac('sha256', webhookKey(secret) as Buffer)
      .update(signed)
      .digest('base64');
    expect(call?.headers).toMatchObject({ 'webhook-id': callback.id, 'webhook-signature': `v1,${signature}` });
    const [stored] = await worker.rows<{ sealed_body: Buffer }>('SELECT sealed_body FROM webhook_events');
    expect(stored?.sealed_body.includes('job.succeeded')).toBe(false);
  });

  test('goes to no private address, whatever the operator allows publishers', async () => {
    const { callback } = await told();
    start();
    const waiting = await waitFor('the try', async () => {
      const row = await until(callback.id, 'waiting');
      return row.tries === 1 ? row : null;
    });
    expect(waiting.last_error).toBe('The address is private or reserved, so it is not called.');
    expect(receiver.calls).toHaveLength(0);
  });

  test('is given up where its receiver wants no more (410) or nothing can sign it, and its owners are told', async () => {
    const gone = await told();
    const unsigned = await told();
    await worker.rows('DELETE FROM webhook_secrets WHERE tenant_id = $1', unsigned.callback.tenantId);
    receiver.answer = () => ({ status: 410 });
    start(['127.0.0.0/8']);
    await until(gone.callback.id, 'failed');
    expect((await until(unsigned.callback.id, 'failed')).last_error).toMatch(/no webhook secret “callback” any more/);
    expect(receiver.calls).toHaveLength(1);
    const notices = await worker.rows<{ payload: { title: string; permission: string } }>(
      `SELECT payload FROM outbox_entries WHERE tenant_id = $1`,
      gone.callback.tenantId,
    );
    expect(notices.map(({ payload }) => payload)).toMatchObject([
      { title: 'Callbacks of “app” could not be delivered', permission: 'keys.write' },
    ]);
    expect(await worker.rows('SELECT 1 FROM webhook_destinations')).toEqual([]);
  });
});
