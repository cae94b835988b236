import { openDatabase } from '@parley/db/client';
import { emptyBuckets } from '@parley/domain/latency-buckets';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { createKey } from '../keys/create.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { withPromptApi } from '../test/publisher.ts';
import { readOverview } from './overview.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 1 });
afterAll(async () => {
  await worker.close();
  await t.close();
});

const HOUR_MS = 3_600_000;

test('a new tenant has every step before it, and each ticks itself when it is done', async () => {
  const { owner, slug } = await t.tenant();
  const before = await readOverview(owner, {});
  expect(before.established).toBe(false);
  expect(before.setup).toMatchObject({
    provider: false,
    prompt: false,
    published: null,
    application: null,
    key: false,
    subscription: 'none',
    firstCallAt: null,
    sample: null,
  });

  await withPromptApi(owner);
  const application = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const key = await createKey(owner, { application: 'shop', name: 'first' });
  await requestSubscription(owner, { application: 'shop', publisher: slug, api: 'greet', plan: 'free' });
  const ready = await readOverview(owner, {});
  expect(ready.setup).toMatchObject({
    provider: true,
    prompt: true,
    published: { slug: 'greet' },
    application: { slug: 'shop' },
    key: true,
    subscription: 'approved',
    firstCallAt: null,
    sample: { api: 'greet', method: 'POST', url: `http://gateway.test/${slug}/greet/v1` },
  });
  expect(JSON.parse(ready.setup.sample?.body ?? '')).toHaveProperty('name');

  const tenantId = owner.tenantId ?? '';
  const ids = { tenantId, consumerTenantId: tenantId, applicationId: application.id, keyId: key.id };
  await called(ids, { status: 401, code: 'key_expired' });
  const refused = await readOverview(owner, {});
  expect(refused.setup.lastRefusal).toMatchObject({ status: 401, code: 'key_expired' });
  expect(refused.setup.firstCallAt).toBeNull();

  await called(ids, { status: 200, code: null });
  const after = await readOverview(owner, {});
  expect(after.setup.firstCallAt).not.toBeNull();
  expect(after.setup.lastRefusal).toBeNull();
  expect(after.errors).toMatchObject([{ code: 'key_expired', status: 401, calls: 1 }]);
});

test('the last 24 hours stand against the 24 before, each side counting its own calls', async () => {
  const publisher = await t.tenant();
  const consumer = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const slow = emptyBuckets();
  slow[80] = 10;
  const rollup = (hoursAgo: number, requests: number, serverErrors: number) => ({
    tenantId: publisher.tenantId,
    hour: new Date(thisHour - hoursAgo * HOUR_MS),
    consumerTenantId: consumer.tenantId,
    applicationId: newId(),
    keyId: newId(),
    apiId: api.id,
    apiVersionId: newId(),
    planId: newId(),
    model: '',
    currency: 'USD',
    requests,
    clientErrors: 1,
    serverErrors,
    limited: 0,
    inputTokens: 0n,
    cachedInputTokens: 0n,
    outputTokens: 0n,
    reasoningTokens: 0n,
    costNano: 5n,
    requestBytes: 0n,
    responseBytes: 0n,
    durationUs: 1n,
    latencyBuckets: slow,
    ttftBuckets: emptyBuckets(),
  });
  await worker.within({}, (tx) =>
    tx.usageRollup.createMany({ data: [rollup(0, 10, 2), rollup(23, 5, 0), rollup(24, 7, 0), rollup(48, 100, 0)] }),
  );

  const seen = await readOverview(publisher.owner, {});
  expect(seen).toMatchObject({ view: 'published', bothViews: false, established: true });
  expect(seen.traffic?.current).toMatchObject({ requests: 15, errors: 4 });
  expect(seen.traffic?.previous).toMatchObject({ requests: 7, errors: 1 });
  expect(seen.traffic?.hours).toHaveLength(24);
  expect(seen.traffic?.hours.at(-1)).toMatchObject({ requests: 10, errors: 3 });
  expect(seen.traffic?.current.p95Us).toBeGreaterThan(100_000);

  const theirs = await readOverview(consumer.owner, {});
  expect(theirs).toMatchObject({ view: 'consumed', bothViews: false });
  expect(theirs.traffic?.current.requests).toBe(15);
  const stranger = await t.tenant();
  expect((await readOverview(stranger.owner, {})).established).toBe(false);
});

test('what a role may not see is absent', async () => {
  const tenant = await t.tenant();
  const overview = await readOverview(await tenant.as(['tenant.read']), {});
  expect(overview).toMatchObject({ traffic: null, approvals: null, audit: null, errors: [] });
  expect((await readOverview(tenant.owner, {})).audit?.length).toBeGreaterThan(0);
});

async function called(
  ids: { tenantId: string; consumerTenantId: string; applicationId: string; keyId: string },
  given: { status: number; code: string | null },
): Promise<void> {
  const occurredAt = new Date();
  await worker.within({}, (tx) =>
    tx.usageEvent.createMany({
      data: [
        {
          ...ids,
          ...given,
          id: newId(),
          eventDay: new Date(occurredAt.toISOString().slice(0, 10)),
          occurredAt,
          kind: 'prompt',
          method: 'POST',
          path: '/',
          stream: false,
          abortedBy: 'none',
          usageSource: 'none',
          inputTokens: 0,
          cachedInputTokens: 0,
          outputTokens: 0,
          reasoningTokens: 0,
          costNano: 0n,
          currency: 'USD',
          durationUs: 1n,
          upstreamUs: 1n,
          requestBytes: 0n,
          responseBytes: 0n,
          attempts: 1,
          node: 'test',
        },
      ],
    }),
  );
}
