import { newId } from '@parley/kernel/id';
import { addProviderKey } from '@parley/services/provider-keys/add';
import { createProvider } from '@parley/services/providers/create';
import { getProvider } from '@parley/services/providers/get';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { providerKeyHealth } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const tell = (payload: object) =>
  providerKeyHealth.run(payload, { jobId: 'x', sinceMs: Date.now(), attempt: 1, ports: worker, log: worker.log });

it('is shown with the key while it rests: the latest word, of its own tenant', async () => {
  const { owner, tenantId } = await t.tenant();
  await createProvider(owner, { slug: 'p', name: 'P', baseUrl: 'https://llm.example/v1' });
  const { id: keyId } = await addProviderKey(owner, { provider: 'p', label: 'main', secret: 'sk-0123456789' });
  const resting = async () => (await getProvider(owner, { provider: 'p' })).keys[0]?.resting;
  expect(await resting()).toBeNull();
  const atMs = Date.now();
  const restsUntilMs = atMs + 60_000;
  const refused = { tenantId, keyId, trouble: 'authentication', restsUntilMs, atMs };
  await tell({ ...refused, tenantId: newId() });
  expect(await resting()).toBeNull();
  await tell(refused);
  expect(await resting()).toEqual({ why: 'authentication', until: new Date(restsUntilMs).toISOString() });
  await tell({ ...refused, trouble: null, atMs: atMs - 1 });
  expect(await resting()).not.toBeNull();
  await tell({ ...refused, trouble: null, atMs: atMs + 1 });
  expect(await resting()).toBeNull();
  await tell({ ...refused, atMs: atMs + 2, restsUntilMs: atMs - 1000 });
  expect(await resting(), 'a rest that is over is none').toBeNull();
});
