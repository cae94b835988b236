import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { createProvider } from '../providers/create.ts';
import { getProvider } from '../providers/get.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { faultOf } from '../test/publisher.ts';
import { addProviderKey } from './add.ts';
import { updateProviderKey } from './update.ts';

const kit = testContext();
afterAll(() => kit.close());

it('a key’s weight and limits are set, changed and taken away; gateways are told of them', async () => {
  const { owner, tenantId } = await kit.tenant();
  await createProvider(owner, { slug: 'p', name: 'P', baseUrl: 'https://llm.example/v1' });
  const limits = { requestsPerMinute: 60, concurrency: 4 };
  const made = await addProviderKey(owner, { provider: 'p', label: 'main', secret: 'sk-0123456789', limits });
  expect(made).toMatchObject({ weight: 1, limits, resting: null });
  const sent = async () =>
    (await kit.db.within({ tenantId }, (tx) => compileTenantSnapshot(tx, tenantId, 1)))?.providers[0]?.keys[0];
  expect(await sent()).toMatchObject({ weight: 1, limits });
  await updateProviderKey(owner, { provider: 'p', key: made.id, weight: 3 });
  expect(await sent()).toMatchObject({ weight: 3, limits });
  await updateProviderKey(owner, { provider: 'p', key: made.id, limits: {} });
  expect((await getProvider(owner, { provider: 'p' })).keys[0]).toMatchObject({ weight: 3, limits: {} });
  expect(await sent()).not.toHaveProperty('limits');
  const wrong = await faultOf(
    updateProviderKey(owner, { provider: 'p', key: made.id, limits: { requestsPerMinute: 0 } }),
  );
  expect(wrong.issues?.map(({ path }) => path)).toEqual(['limits.requestsPerMinute']);
});
