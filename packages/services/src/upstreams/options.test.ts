import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { declarationSchema } from '@parley/contracts/declaration';
import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listAudit } from '../audit/list.ts';
import { applyDeclaration } from '../declarations/apply.ts';
import { diffDeclaration } from '../declarations/diff.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { createUpstream } from './create.ts';
import { getUpstream } from './get.ts';
import { updateUpstream } from './update.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const shop = { slug: 'shop', name: 'Shop', baseUrl: 'https://shop.example.com' };

describe('options of an upstream', () => {
  it('are kept with their defaults, stay when a change does not name them, and reach the gateway', async () => {
    const { owner, tenantId } = await kit.tenant();
    expect((await createUpstream(owner, shop)).options).toEqual({});
    const options: UpstreamOptionsInput = {
      targets: [{ url: 'shop-2.example.com:8443' }],
      balance: { kind: 'sticky' },
    };
    const stored = {
      targets: [{ url: 'shop-2.example.com:8443', weight: 1 }],
      balance: { kind: 'sticky', cookie: 'parley_target', secure: true },
    };
    await updateUpstream(owner, { upstream: 'shop', options });
    await updateUpstream(owner, { upstream: 'shop', name: 'Shop two' });
    expect((await getUpstream(owner, { upstream: 'shop' })).options).toEqual(stored);
    const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
    expect(snapshot?.upstreams[0]?.options).toEqual(stored);
    await updateUpstream(owner, { upstream: 'shop', options: {} });
    expect((await getUpstream(owner, { upstream: 'shop' })).options).toEqual({});
  });

  it('may not lead where the base URL may not', async () => {
    const { owner } = await kit.tenant();
    const urls = [
      '10.0.0.1:80',
      'http://169.254.169.254/',
      '[::ffff:100.64.0.1]:80',
      'http://user:pw@a.example',
      'a.example/?x',
    ];
    for (const url of urls) {
      const create = createUpstream(owner, { ...shop, options: { targets: [{ url: 'ok.example:80' }, { url }] } });
      await expect(create, url).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'options.targets.1.url' }],
      });
    }
  });

  it('have a token for discovery that is sealed, tells that it is there, and is never read back', async () => {
    const { owner, tenantId } = await kit.tenant();
    const discovery = { kind: 'consul', url: 'https://consul.example.com', service: 'shop' } as const;
    const made = await createUpstream(owner, { ...shop, options: { discovery }, discoveryToken: 'consul-secret-42' });
    expect(made.hasDiscoveryToken).toBe(true);
    const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
    expect(snapshot?.upstreams[0]?.discoveryToken).toMatch(/^v1\./);
    const everything = JSON.stringify([made, snapshot, await exportDeclaration(owner, {}), await listAudit(owner, {})]);
    expect(everything).not.toContain('consul-secret-42');
    const kept = await updateUpstream(owner, { upstream: 'shop', name: 'Shop two' });
    const removed = await updateUpstream(owner, { upstream: 'shop', discoveryToken: null });
    expect([kept.hasDiscoveryToken, removed.hasDiscoveryToken]).toEqual([true, false]);
    const url = 'http://169.254.169.254/';
    await expect(
      updateUpstream(owner, { upstream: 'shop', options: { discovery: { ...discovery, url } } }),
    ).rejects.toMatchObject({ issues: [{ path: 'options.discovery.url' }] });
  });

  it('must make sense together', async () => {
    const { owner } = await kit.tenant();
    const refused: [object, string][] = [
      [{ baseWeight: 0 }, 'options.baseWeight'],
      [{ targets: [{ url: 'a.example:80' }], discovery: { kind: 'dns' } }, 'options.discovery'],
      [{ balance: { kind: 'hash', on: 'header' } }, 'options.balance.name'],
    ];
    for (const [options, path] of refused) {
      await expect(createUpstream(owner, { ...shop, options })).rejects.toMatchObject({ issues: [{ path }] });
    }
  });

  it('are declared as the documentation’s example has them; applying again does nothing, its export is the same', async () => {
    const { owner } = await kit.tenant();
    const page = await readFile(fileURLToPath(new URL('../../../../docs/upstreams.md', import.meta.url)), 'utf8');
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => parse(match[1] as string) as unknown);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const wanted = declarationSchema.parse(example);
      expect((await applyDeclaration(owner, wanted)).steps).toHaveLength(1);
      expect((await applyDeclaration(owner, wanted)).steps).toEqual([]);
      const exported = await exportDeclaration(owner, {});
      expect((await diffDeclaration(owner, exported)).steps).toEqual([]);
      const [one] = wanted.upstreams;
      expect(exported.upstreams.find(({ slug }) => slug === one?.slug)?.options).toEqual(one?.options);
    }
  });
});
