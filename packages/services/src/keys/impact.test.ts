import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { listApplications } from '../applications/list.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { createKey } from './create.ts';
import { keyImpact } from './impact.ts';
import { listKeys } from './list.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 1 });
afterAll(async () => {
  await worker.close();
  await t.close();
});

test('what a revocation would break is the last hour’s calls of that key, by API, and tells when it was last used', async () => {
  const publisher = await t.tenant();
  const consumer = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId, { name: 'Weather' });
  const application = await createApplication(consumer.owner, { slug: 'shop', name: 'Shop' });
  await requestSubscription(consumer.owner, {
    application: 'shop',
    publisher: publisher.slug,
    api: api.slug,
    plan: 'free',
  });
  const key = await createKey(consumer.owner, { application: 'shop', name: 'server' });
  const other = await createKey(consumer.owner, { application: 'shop', name: 'other' });
  const now = Date.now();
  const call = (keyId: string, minutesAgo: number) => {
    const occurredAt = new Date(now - minutesAgo * 60_000);
    return {
      tenantId: publisher.tenantId,
      consumerTenantId: consumer.tenantId,
      applicationId: application.id,
      keyId,
      id: idAt(occurredAt),
      eventDay: new Date(occurredAt.toISOString().slice(0, 10)),
      occurredAt,
      apiId: api.id,
      kind: 'rest',
      method: 'GET',
      path: '/',
      status: 200,
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
    };
  };
  await worker.within({}, (tx) =>
    tx.usageEvent.createMany({ data: [call(key.id, 1), call(key.id, 30), call(key.id, 90), call(other.id, 2)] }),
  );
  expect(await keyImpact(consumer.owner, { id: key.id })).toEqual({
    calls: 2,
    lastCallAt: new Date(now - 60_000).toISOString(),
    apis: [{ name: 'Weather', calls: 2 }],
  });
  const { items } = await listKeys(consumer.owner, { application: 'shop' });
  expect(items.map((item) => [item.name, item.lastUsedAt])).toEqual([
    ['other', new Date(now - 120_000).toISOString()],
    ['server', new Date(now - 60_000).toISOString()],
  ]);
  const [listed] = (await listApplications(consumer.owner, {})).items;
  expect(listed?.lastUsedAt).toBe(new Date(now - 60_000).toISOString());
});

/** A UUIDv7 of a past moment. */
function idAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}
