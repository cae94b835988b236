import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { withPromptApi } from '../test/publisher.ts';
import { compileApplicationSnapshot } from './compile-application.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const compile = (applicationId: string) => worker.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 3));

async function setUp() {
  const publisher = await kit.tenant();
  const consumer = await kit.tenant();
  await withPromptApi(publisher.owner);
  const applicationId = newId();
  const { tenantId } = consumer;
  await kit.db.within({ tenantId }, (tx) =>
    tx.application.create({ data: { tenantId, id: applicationId, slug: 'shop', name: 'Shop' } }),
  );
  return { publisher, consumer, applicationId };
}

describe('the snapshot of an application', () => {
  it('gives every secret the earlier end of key and grace, and says what was revoked', async () => {
    const { consumer, applicationId } = await setUp();
    const { tenantId } = consumer;
    const keyId = newId();
    const early = new Date('2030-01-01T00:00:00Z');
    const late = new Date('2031-01-01T00:00:00Z');
    await kit.db.within({ tenantId }, async (tx) => {
      await tx.apiKey.create({ data: { tenantId, id: keyId, applicationId, name: 'main', expiresAt: late } });
      const secret = (hash: string, ends: { expiresAt?: Date; revokedAt?: Date }) =>
        tx.apiKeySecret.create({
          data: { tenantId, id: newId(), keyId, hash: `${keyId}${hash}`, masked: '…', ...ends },
        });
      await secret('-old', { expiresAt: early });
      await secret('-new', {});
      await secret('-leaked', { revokedAt: early });
    });
    const snapshot = await compile(applicationId);
    expect(snapshot).toMatchObject({
      version: 3,
      applicationId,
      tenantId,
      tenantSlug: consumer.slug,
      subscriptions: [],
    });
    expect(snapshot?.keys).toEqual([
      { id: keyId, hash: `${keyId}-old`, expiresAtMs: early.getTime(), revokedAtMs: null, scopes: [] },
      { id: keyId, hash: `${keyId}-new`, expiresAtMs: late.getTime(), revokedAtMs: null, scopes: [] },
      { id: keyId, hash: `${keyId}-leaked`, expiresAtMs: late.getTime(), revokedAtMs: early.getTime(), scopes: [] },
    ]);
  });

  it('holds one subscription per API: the live one even when a later request was refused before it', async () => {
    const { publisher, consumer, applicationId } = await setUp();
    const asPublisher = { tenantId: publisher.tenantId };
    const plan = await kit.db.within(asPublisher, (tx) => tx.plan.findFirstOrThrow({ where: asPublisher }));
    const make = (state: 'approved' | 'requested', requestedAt: string) =>
      kit.db.within(asPublisher, (tx) =>
        tx.subscription.create({
          data: {
            tenantId: publisher.tenantId,
            id: newId(),
            apiId: plan.apiId,
            planId: plan.id,
            consumerTenantId: consumer.tenantId,
            applicationId,
            state,
            requestedAt: new Date(requestedAt),
          },
        }),
      );
    const refused = await make('requested', '2026-06-01T00:00:00Z');
    await kit.db.within(asPublisher, (tx) =>
      tx.subscription.update({
        where: { tenantId_id: { ...asPublisher, id: refused.id } },
        data: { state: 'refused' },
      }),
    );
    expect((await compile(applicationId))?.subscriptions).toMatchObject([{ id: refused.id, state: 'refused' }]);
    const live = await make('approved', '2026-01-01T00:00:00Z');
    expect((await compile(applicationId))?.subscriptions).toEqual([
      {
        id: live.id,
        publisherTenantId: publisher.tenantId,
        publisherSlug: publisher.slug,
        apiId: plan.apiId,
        planId: plan.id,
        state: 'approved',
        expiresAtMs: null,
      },
    ]);
  });

  it('is null for an application that does not exist', async () => {
    expect(await compile(newId())).toBeNull();
  });
});
