import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { callStore } from '../requests/calls.suite.ts';
import { withPromptApi } from '../test/publisher.ts';
import { cacheByMeaning } from './cache-by-meaning.ts';
import { getApiVersion } from './get.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

const AT = { api: 'greet', version: 'v1' };

it('a cache by meaning is told by closeness: answers given, and how alike those on trial were', async () => {
  const { owner, tenantId } = await kit.tenant();
  await withPromptApi(owner);
  const { id: apiVersionId } = await getApiVersion(owner, AT);
  const found = (closeness: number, agreement: number | null, more: object = {}) => ({
    tenantId,
    apiVersionId,
    semantic: JSON.stringify({ closeness, agreement }),
    ...more,
  });
  await calls.store(
    found(1, null, { cache: 'semantic' }),
    found(0.99, 0.9),
    found(0.98, 0.5),
    found(0.93, 1),
    found(0.93, null),
    found(0.99, 0.1, { apiVersionId: newId() }),
    found(0.99, 0.1, { atMs: Date.now() - 9 * 86_400_000 }),
    { tenantId, apiVersionId },
  );
  const { bands, cut } = await cacheByMeaning(owner, AT);
  expect(cut).toBe(false);
  expect(bands).toMatchObject([
    { from: 0.98, served: 1, trials: 2, compared: 2, alike: 1, agreement: 0.7 },
    { from: 0.95, served: 0, trials: 0, agreement: null },
    { from: 0.92, served: 0, trials: 2, compared: 1, alike: 1, agreement: 1 },
    { from: 0.85, trials: 0 },
    { from: 0, trials: 0 },
  ]);
  const stranger = await kit.tenant();
  await expect(cacheByMeaning(stranger.owner, AT)).rejects.toMatchObject({ code: 'not_found' });
  await expect(cacheByMeaning(await (await kit.tenant()).as(['apis.read']), AT)).rejects.toMatchObject({
    code: 'forbidden',
  });
});
