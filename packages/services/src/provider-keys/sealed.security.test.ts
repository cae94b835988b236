import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { getProvider } from '../providers/get.ts';
import { listProviders } from '../providers/list.ts';
import { updateProvider } from '../providers/update.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { createUpstream } from '../upstreams/create.ts';
import { updateUpstream } from '../upstreams/update.ts';
import { addProviderKey } from './add.ts';
import { removeProviderKey } from './remove.ts';

const kit = testContext();
afterAll(() => kit.close());

const SECRET = 'sk-test-4f9a0c71d2e85b36-last';

/** Everything the tenant has in the database, as one text. */
async function everythingOf(tenantId: string): Promise<string> {
  return kit.db.within({ tenantId }, async (tx) => {
    const where = { where: { tenantId } };
    const parts = [
      await tx.provider.findMany(where),
      await tx.providerKey.findMany(where),
      await tx.upstream.findMany(where),
      await tx.auditEntry.findMany(where),
      await tx.outboxEntry.findMany({ ...where, select: { payload: true } }),
    ];
    return JSON.stringify(parts);
  });
}

describe('a third party’s secret', () => {
  it('is sealed at rest and leaves no verb but masked', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withModels(owner);
    const key = await addProviderKey(owner, { provider: 'simulator', label: 'second', secret: SECRET });
    expect(key.masked).toBe('sk-t…last');
    const answers = [
      key,
      await getProvider(owner, { provider: 'simulator' }),
      await listProviders(owner, {}),
      await updateProvider(owner, { provider: 'simulator', name: 'New' }),
    ];
    for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/4f9a0c71d2e85b36|sealed|v1\./);
    const stored = await everythingOf(tenantId);
    expect(stored).toContain('v1.');
    expect(stored).not.toContain('4f9a0c71d2e85b36');
  });

  it('is sealed for its own tenant: the sealed text is of no use in another', async () => {
    const [mine, other] = [await kit.tenant(), await kit.tenant()];
    await withModels(mine.owner);
    await withModels(other.owner);
    const sealedIn = (tenantId: string) =>
      kit.db.within({ tenantId }, (tx) => tx.providerKey.findFirstOrThrow({ where: { tenantId } }));
    const stolen = (await sealedIn(mine.tenantId)).sealed;
    const { openDataKey, open } = await import('@parley/kernel/seal');
    const { sealed } = await kit.db.within({ tenantId: other.tenantId }, (tx) =>
      tx.tenantKey.findFirstOrThrow({ where: { tenantId: other.tenantId } }),
    );
    const otherKey = openDataKey(kit.settings.masterKey, sealed, other.tenantId);
    expect(() => open(otherKey, stolen, 'provider_key')).toThrow();
  });

  it('of an upstream is sealed too, and only its header is shown', async () => {
    const { owner, tenantId } = await kit.tenant();
    const made = await createUpstream(owner, {
      slug: 'shop',
      name: 'Shop',
      baseUrl: 'https://shop.example',
      auth: { header: 'X-Token', value: SECRET },
    });
    expect(made.authHeader).toBe('X-Token');
    expect(JSON.stringify(made)).not.toContain('sealed');
    expect(await everythingOf(tenantId)).not.toContain('4f9a0c71d2e85b36');
    expect((await updateUpstream(owner, { upstream: 'shop', auth: null })).authHeader).toBeNull();
    const fault = await faultOf(updateUpstream(owner, { upstream: 'shop', auth: { header: 'Host', value: 'a' } }));
    expect(fault.issues[0]?.path).toBe('auth.header');
  });

  it('is removed once, and short ones show nothing', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const key = await addProviderKey(owner, { provider: 'simulator', label: 'short', secret: 'abc' });
    expect(key.masked).toBe('…');
    await removeProviderKey(owner, { provider: 'simulator', key: key.id });
    expect((await faultOf(removeProviderKey(owner, { provider: 'simulator', key: key.id }))).code).toBe('not_found');
    const twice = await faultOf(addProviderKey(owner, { provider: 'simulator', label: 'main', secret: 'abc' }));
    expect(twice.issues[0]?.path).toBe('label');
  });
});
