import { fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { describe, expect, it } from 'vitest';
import {
  apiKey,
  application,
  MASTER_KEY,
  model,
  PEPPER,
  PROVIDER_KEY,
  provider,
  publisher,
  restApi,
  subscription,
  UPSTREAM_SECRET,
  upstream,
} from '../../test/documents.ts';
import { SnapshotKeyStore } from '../ports/keys/keys.ts';
import type { CompiledTenant } from './compiled.ts';
import { memorySource } from './memory-source.ts';
import { SnapshotStore } from './store.ts';

function setUp() {
  const source = memorySource();
  const clock = fixedClock(1_800_000_000_000);
  const store = new SnapshotStore({ source, master: parseMasterKey(MASTER_KEY), clock, log: noopLogger });
  const keys = new SnapshotKeyStore(store, PEPPER, clock);
  const shop = publisher('shop');
  const rest = restApi(shop, 'orders', upstream(shop, 'http://backend.test/').id);
  const key = apiKey();
  const caller = application([subscription(shop, rest)], [key.entry]);
  source.tenants.set(shop.doc.tenantId, shop.doc);
  source.applications.set(caller.applicationId, caller);
  let version = caller.version;
  const republish = (change: object) => {
    const next = { ...caller, ...change, version: ++version };
    source.applications.set(caller.applicationId, next);
    return store.apply({ kind: 'application', id: caller.applicationId, version: next.version });
  };
  return { source, clock, store, keys, shop, key, caller, republish };
}

describe('SnapshotStore', () => {
  it('loads a tenant when it is first needed, once for all who ask, and then has it at once', async () => {
    const { source, store } = setUp();
    const [a, b] = await Promise.all([store.tenantBySlug('shop'), store.tenantBySlug('shop')]);
    expect(a).toBe(b);
    const reads = source.reads;
    expect(store.tenantBySlug('shop')).toBe(a);
    expect(source.reads).toBe(reads);
  });

  it('opens sealed credentials, and marks what it cannot open', async () => {
    const { store, shop, source } = setUp();
    const good = provider(shop, 'http://llm.test/v1/');
    const bad = provider(shop, 'http://llm.test', { keys: [{ id: newId(), sealed: 'v1.a.b.c', weight: 1 }] });
    model(shop, good.id, 'good');
    model(shop, bad.id, 'bad');
    shop.doc.apis[0]?.versions.push({
      id: newId(),
      version: 'v2',
      state: 'deprecated',
      deprecatedAtMs: 1_700_000_000_000,
      sunsetAtMs: 1_900_000_000_000,
      target: { kind: 'llm', models: ['good', 'bad', 'gone'] },
    });
    source.tenants.set(shop.doc.tenantId, shop.doc);
    const tenant = (await store.tenantBySlug('shop')) as CompiledTenant;
    const version = tenant.apis.get('orders')?.versions.get('v2');
    const models = version?.target.kind === 'llm' ? version.target.models : new Map();
    expect(models.get('good').provider).toMatchObject({
      keys: [{ secret: PROVIDER_KEY, weight: 1 }],
      origin: 'http://llm.test',
      basePath: '/v1',
    });
    expect(models.get('bad').provider).toMatchObject({ keys: [], broken: true });
    expect(models.has('gone')).toBe(false);
    expect(version?.lifecycleHeaders).toEqual([
      'deprecation',
      '@1700000000',
      'sunset',
      'Sun, 17 Mar 2030 17:46:40 GMT',
    ]);
    expect(JSON.stringify(tenant.apis.get('orders')?.versions.get('v1')?.target)).not.toContain(UPSTREAM_SECRET);
  });

  it('swaps a changed document in whole, and only one it has loaded', async () => {
    const { keys, key, caller, republish, source } = setUp();
    await republish({});
    expect(source.reads).toBe(0);
    const before = await keys.find(key.secret);
    await republish({ subscriptions: [] });
    expect(before).toMatchObject({ application: { live: false } });
    expect(keys.find(key.secret)).toMatchObject({ application: { live: true, id: caller.applicationId } });
  });

  it('fetches again what was announced while it was being loaded', async () => {
    const { store, source, shop } = setUp();
    const read = source.document.bind(source);
    let first = true;
    source.document = async (kind, id, announced) => {
      const stored = await read(kind, id, announced);
      if (first) {
        first = false;
        source.tenants.set(id, { ...shop.doc, version: 2 });
        void store.apply({ kind: 'tenant', id, version: 2 });
      }
      return stored;
    };
    expect(((await store.tenantBySlug('shop')) as CompiledTenant).doc.version).toBe(2);
  });

  it('drops a deleted document, but not because Redis is empty', async () => {
    const { store, source, keys, key, caller } = setUp();
    await keys.find(key.secret);
    source.applications.clear();
    source.complete = false;
    await store.revalidate();
    expect(keys.find(key.secret)).toMatchObject({ application: { id: caller.applicationId } });
    source.complete = true;
    await store.apply({ kind: 'application', id: caller.applicationId, version: 2 });
    expect(await keys.find(key.secret)).toMatchObject({ code: 'key_unknown' });
  });

  it('keeps the last good document when the new one is unusable', async () => {
    const { store, source, shop } = setUp();
    const before = await store.tenantBySlug('shop');
    source.raw.set(`tenant:${shop.doc.tenantId}`, '{"version":9}');
    await store.apply({ kind: 'tenant', id: shop.doc.tenantId, version: 9 });
    expect(store.tenantBySlug('shop')).toBe(before);
  });

  it('remembers for a second that something does not exist', async () => {
    const { store, source, clock } = setUp();
    expect(await store.tenantBySlug('nobody')).toBe('absent');
    const reads = source.reads;
    expect(store.tenantBySlug('nobody')).toBe('absent');
    expect(source.reads).toBe(reads);
    clock.advance(1001);
    expect(await store.tenantBySlug('nobody')).toBe('absent');
    expect(source.reads).toBeGreaterThan(reads);
  });

  it('restores a copy without replacing what is newer', async () => {
    const { store, shop, caller, keys, key, source } = setUp();
    await store.tenantBySlug('shop');
    source.away = true;
    const restore = (kind: 'tenant' | 'application', id: string, doc: object) =>
      store.restore(kind, id, { form: 'whole', json: JSON.stringify(doc) }, async () => []);
    await restore('tenant', shop.doc.tenantId, { ...shop.doc, version: 0, slug: 'old' });
    await restore('application', caller.applicationId, caller);
    expect([...store.documents()].map(({ doc }) => doc)).toEqual([shop.doc, caller]);
    expect(await keys.find(key.secret)).toMatchObject({ key: { id: key.entry.id } });
  });
});

describe('SnapshotKeyStore', () => {
  it('refuses a mistyped key without looking anything up', async () => {
    const { keys, key, source } = setUp();
    for (const text of ['', 'x', `${key.secret}a`, key.secret.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))]) {
      expect(keys.find(text)).toMatchObject({ code: 'key_malformed' });
    }
    expect(source.reads).toBe(0);
  });

  it('answers 503 and asks for a republish when Redis has lost its data, never 401', async () => {
    const { keys, source } = setUp();
    source.complete = false;
    expect(await keys.find(apiKey().secret)).toMatchObject({ code: 'configuration_unavailable', status: 503 });
    expect(source.asked).toHaveLength(1);
  });

  it('answers 503 when Redis is away, and goes on serving keys it knows', async () => {
    const { keys, key, source } = setUp();
    await keys.find(key.secret);
    source.away = true;
    expect(await keys.find(apiKey().secret)).toMatchObject({ code: 'configuration_unavailable' });
    expect(keys.find(key.secret)).toMatchObject({ key: { id: key.entry.id } });
  });

  it('knows a new secret of a loaded application at once', async () => {
    const { keys, key, caller, source } = setUp();
    await keys.find(key.secret);
    const fresh = apiKey();
    source.applications.set(caller.applicationId, { ...caller, version: 2, keys: [key.entry, fresh.entry] });
    expect(await keys.find(fresh.secret)).toMatchObject({ key: { id: fresh.entry.id } });
  });

  it('lets a key expire by the clock and be revoked by a change', async () => {
    const { keys, key, republish, clock } = setUp();
    await keys.find(key.secret);
    await republish({ keys: [{ ...key.entry, expiresAtMs: clock.nowMs() + 1000 }] });
    expect(keys.find(key.secret)).toMatchObject({ key: { id: key.entry.id } });
    clock.advance(1000);
    expect(keys.find(key.secret)).toMatchObject({ code: 'key_expired' });
  });
});
