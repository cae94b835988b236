import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { announced, faultOf, withPromptApi } from '../test/publisher.ts';
import { purgeCache } from './purge-cache.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const at = { api: 'greet', version: 'v1' };

it('gives a version’s cache a new generation, in the gateway’s document too', async () => {
  const tenant = await kit.tenant();
  await withPromptApi(tenant.owner);
  const before = (await announced(tenant)).length;
  expect(await purgeCache(tenant.owner, at)).toEqual({ generation: 1 });
  expect(await Promise.all([purgeCache(tenant.owner, at), purgeCache(tenant.owner, at)])).toContainEqual({
    generation: 3,
  });
  expect((await announced(tenant)).length).toBe(before + 3);
  const document = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenant.tenantId, 1));
  expect(document?.apis[0]?.versions[0]?.cacheGeneration).toBe(3);
});

it('knows no version of another tenant', async () => {
  const [mine, theirs] = [await kit.tenant(), await kit.tenant()];
  await withPromptApi(theirs.owner);
  expect((await faultOf(purgeCache(mine.owner, at))).code).toBe('not_found');
});
