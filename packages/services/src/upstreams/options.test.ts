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

  it('must make sense together', async () => {
    const { owner } = await kit.tenant();
    const refused: [object, string][] = [
      [{ baseWeight: 0 }, 'options.baseWeight'],
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
      expect(exported.upstreams[0]?.options).toEqual(wanted.upstreams[0]?.options);
    }
  });
});
