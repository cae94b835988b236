import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openDatabase } from '@parley/db/client';
import { ALL_PERMISSIONS } from '@parley/domain/permissions';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { ensureAccount } from '@parley/services/billing/ensure-account';
import type { Context } from '@parley/services/context';
import { openStripe } from '@parley/services/stripe/access';
import { readWebhook, Unbelievable } from '@parley/services/stripe/read-webhook';
import { receiveEvent } from '@parley/services/stripe/receive-event';
import { createTestDatabase } from '@parley/testkit/database';
import { startStripeSimulator } from '@parley/testkit/stripe-simulator/start';
import pg from 'pg';
import { stripeSync } from '../src/jobs/stripe-sync/handle.ts';

import { testWorker } from './test-worker.ts';

const SECRETS = ['whsec_first', 'whsec_second'];

/** The Stripe simulator, an address that takes its webhooks as the portal does, a worker, and a database of their own. */
export async function stripeBench() {
  const database = await createTestDatabase('stripe');
  const app = openDatabase({ url: database.appUrl, poolSize: 4 });
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  const answered: number[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const header = request.headers['stripe-signature'];
      const status = await take(body, typeof header === 'string' ? header : null);
      answered.push(status);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const simulator = await startStripeSimulator({
    requestsPerSecond: 10_000,
    webhook: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, secrets: ['whsec_second'] },
    webhookRetryMs: [10, 20, 40, 80],
  });
  const access = openStripe({ secretKey: simulator.secretKey, webhookSecrets: SECRETS, apiBase: simulator.url }, 0);
  if (access === null) throw new Error('Stripe is on here');
  const stripe = access;
  const worker = testWorker({ databaseUrl: database.workerUrl, stripe });

  async function take(body: string, header: string | null): Promise<number> {
    try {
      await receiveEvent(app, readWebhook(stripe, body, header));
      return 200;
    } catch (error) {
      return error instanceof Unbelievable ? 400 : 500;
    }
  }

  async function tenant(name: string): Promise<string> {
    const id = newId();
    await owner.query('INSERT INTO tenants (id, slug, name) VALUES ($1::uuid, $2, $3)', [id, `t-${id}`, name]);
    return id;
  }

  const contextOf = (tenantId: string): Context => ({
    db: app,
    settings: {
      masterKey: parseMasterKey(Buffer.alloc(32).toString('base64')),
      keyPepper: 'p'.repeat(32),
      portalUrl: 'http://portal.test',
      gatewayUrl: 'http://gateway.test',
      allowedPrivate: [],
      stripe,
    },
    actor: { kind: 'system', id: null, label: 'a test' },
    tenantId,
    userId: null,
    permissions: new Set(ALL_PERMISSIONS),
  });

  /** A customer of a fresh publisher, with a billing account. */
  async function account() {
    const publisherId = await tenant('Publisher');
    const consumerId = await tenant('Customer');
    const { id: accountId } = await app.within({ tenantId: publisherId }, (tx) =>
      ensureAccount(tx, { tenantId: publisherId, consumerTenantId: consumerId }),
    );
    const balance = async (name: string): Promise<bigint> => {
      const [row] = await worker.rows<{ sum: string }>(
        'SELECT coalesce(sum(amount_nano), 0)::text AS sum FROM ledger_balances WHERE billing_account_id = $1 AND account = $2',
        accountId,
        name,
      );
      return BigInt(row?.sum ?? 0);
    };
    const standing = async (): Promise<string | undefined> =>
      (await worker.rows<{ standing: string }>('SELECT standing FROM billing_accounts WHERE id = $1', accountId))[0]
        ?.standing;
    return { publisherId, consumerId, accountId, context: contextOf(consumerId), balance, standing };
  }

  return {
    simulator,
    stripe,
    worker,
    app,
    answered,
    contextOf,
    account,
    /** One run of a part of the job. */
    sync: (part: 'events' | 'meters' | 'sweep', atMs = Date.now()) =>
      worker.run(stripeSync, { part }, { ports: { ...worker, clock: { nowMs: () => atMs } } }),
    /** Presses the button of a hosted page with a test card. */
    press: (url: string, card = '4242424242424242') =>
      fetch(url, { method: 'POST', body: new URLSearchParams({ card }), redirect: 'manual' }),
    async close() {
      await simulator.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await worker.close();
      await app.close();
      await owner.end();
      await database.drop();
    },
  };
}
