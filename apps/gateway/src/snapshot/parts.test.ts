import { fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { describe, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  MASTER_KEY,
  model,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from '../../test/documents.ts';
import { NO_FACTS } from '../routing/call-facts.ts';
import type { CompiledRoute, CompiledTenant } from './compiled.ts';
import { memorySource } from './memory-source.ts';
import { SnapshotStore } from './store.ts';

/** A publisher of one API with many routes, stored in parts or whole, and a node that holds it. */
async function holding(inParts: boolean, routeCount = 300) {
  const source = memorySource();
  source.inParts = inParts;
  const store = new SnapshotStore({
    source,
    master: parseMasterKey(MASTER_KEY),
    clock: fixedClock(1_800_000_000_000),
    log: noopLogger,
  });
  const shop = publisher('shop');
  const backend = upstream(shop, 'http://backend.test/');
  const routes = Array.from({ length: routeCount }, (_, at) => ({
    id: newId(),
    method: 'GET' as const,
    path: `/thing${at}/{id}`,
    upstreamId: backend.id,
    upstreamPath: null as string | null,
  }));
  const orders = api(shop, 'orders', { kind: 'rest', routes }, [{ requests: 5, windowSeconds: 60 }]);
  model(shop, provider(shop, 'http://llm.test/v1').id, 'fast');
  api(shop, 'chat', { kind: 'llm', models: ['fast'] });
  source.tenants.set(shop.doc.tenantId, shop.doc);
  const held = async (): Promise<CompiledTenant> => (await store.tenantBySlug('shop')) as CompiledTenant;
  await held();
  const republish = async (): Promise<CompiledTenant> => {
    shop.doc.version++;
    source.fetched.length = 0;
    await store.apply({ kind: 'tenant', id: shop.doc.tenantId, version: shop.doc.version });
    return held();
  };
  return { source, store, shop, backend, routes, orders, held, republish };
}

const versionOf = (tenant: CompiledTenant, slug = 'orders') => {
  const version = tenant.apis.get(slug)?.versions.get('v1');
  if (version === undefined) throw new Error('there is no such version');
  return version;
};

function routeOf(tenant: CompiledTenant, path: string): CompiledRoute | null {
  const { target } = versionOf(tenant);
  if (target.kind !== 'rest') throw new Error('not a REST API');
  const found = target.routes.find('GET', path, NO_FACTS);
  return found.kind === 'match' ? found.match.value : null;
}

it('a document read in parts is the document', async () => {
  const { shop, held } = await holding(true);
  expect((await held()).doc).toEqual(shop.doc);
});

describe.each([
  ['in parts', true],
  ['whole', false],
])('a change of a document stored %s', (_name, inParts) => {
  it('of a plan compiles no route anew: versions, their chains and counters stay', async () => {
    const { orders, held, republish, source } = await holding(inParts);
    const before = await held();
    const chain = routeOf(before, '/thing7/1')?.chain;
    orders.plans[0]?.limits.splice(0, 1, { requests: 6, windowSeconds: 60 });
    const after = await republish();
    expect(after).not.toBe(before);
    expect([before.live, after.live]).toEqual([false, true]);
    expect(versionOf(after)).toBe(versionOf(before));
    expect(routeOf(after, '/thing7/1')?.chain).toBe(chain);
    expect([...(after.apis.get('orders')?.plans.values() ?? [])][0]?.limits[0]?.requests).toBe(6);
    expect(after.doc.apis[0]?.plans[0]?.limits[0]?.requests).toBe(6);
    expect(source.fetched.length).toBe(inParts ? 1 : 0);
  });

  it('of a plan leaves providers of other formats and their models as they are', async () => {
    const { shop, orders, republish } = await holding(inParts);
    const { kind: _kind, ...fields } = provider(shop, 'http://other.test');
    shop.doc.providers.pop();
    shop.doc.formattedProviders = [{ ...fields, id: newId(), format: 'anthropic' }];
    const before = await republish();
    orders.plans[0]?.limits.splice(0, 1, { requests: 6, windowSeconds: 60 });
    const after = await republish();
    expect(versionOf(after)).toBe(versionOf(before));
    expect(versionOf(after, 'chat')).toBe(versionOf(before, 'chat'));
  });

  it('of a route compiles that route', async () => {
    const { routes, held, republish, source } = await holding(inParts);
    const before = await held();
    const chat = versionOf(before, 'chat');
    const changed = (upstreamPath: string) =>
      routes.map((route) => (route === routes[150] ? { ...route, upstreamPath } : route));
    replaceRoutes(source, before.id, changed('/first/{id}'));
    await republish();
    replaceRoutes(source, before.id, changed('/elsewhere/{id}'));
    const after = await republish();
    const same = routes.map((_, at) => routeOf(after, `/thing${at}/1`) === routeOf(before, `/thing${at}/1`));
    expect(same.filter((one) => !one).length).toBe(1);
    expect(same[150]).toBe(false);
    expect(routeOf(after, '/thing150/1')?.upstreamPath).toEqual(['/elsewhere/', 0, '']);
    expect(versionOf(after, 'chat')).toBe(chat);
    if (inParts) expect(source.fetched.length).toBeLessThanOrEqual(3);
  });

  it('of the list of routes keeps the others, and finds by the new list', async () => {
    const { routes, held, republish, source } = await holding(inParts);
    const before = await held();
    const [first] = routes;
    if (first === undefined) throw new Error('no route');
    const fresh = { ...first, id: newId(), path: '/new/{id}' };
    replaceRoutes(source, before.id, [...routes.slice(0, 99), fresh, ...routes.slice(100)]);
    const after = await republish();
    expect(routeOf(after, '/thing99/1')).toBeNull();
    expect(routeOf(after, '/new/1')).not.toBeNull();
    expect(routeOf(before, '/thing99/1')).not.toBeNull();
    if (inParts) expect(routeOf(after, '/thing250/1')).toBe(routeOf(before, '/thing250/1'));
  });

  it('of a route’s condition is followed', async () => {
    const { routes, held, republish, source } = await holding(inParts);
    const { id } = await held();
    const match = [{ in: 'header', name: 'x-beta', test: 'exists' }];
    replaceRoutes(source, id, [{ ...(routes[0] as (typeof routes)[number]), match }, ...routes.slice(1)]);
    expect(routeOf(await republish(), '/thing0/1')).toBeNull();
  });

  it('of an upstream reaches every route, of its credential or time-outs as well', async () => {
    const { backend, held, republish } = await holding(inParts);
    const before = await held();
    backend.baseUrl = 'http://other.test';
    backend.timeouts = { ...backend.timeouts, totalMs: 77 };
    const after = await republish();
    expect(routeOf(before, '/thing5/1')?.upstream?.origin).toBe('http://backend.test');
    expect(routeOf(after, '/thing5/1')?.upstream).toMatchObject({
      origin: 'http://other.test',
      timeouts: { totalMs: 77 },
    });
  });

  it('of one endpoint to the cache, or to limits over several applications, reaches the others’ chains', async () => {
    const { routes, held, republish, source } = await holding(inParts);
    const before = await held();
    const other = routeOf(before, '/thing5/1')?.chain;
    replaceRoutes(source, before.id, [
      { ...(routes[0] as (typeof routes)[number]), policies: { cache: { defaultTtlSeconds: 5 } } },
      ...routes.slice(1),
    ]);
    const cached = routeOf(await republish(), '/thing5/1')?.chain;
    expect(cached).not.toBe(other);
    const limits = { rules: [{ algorithm: 'window', amount: 5, periodSeconds: 60, scope: 'api' }] };
    replaceRoutes(source, before.id, [
      { ...(routes[0] as (typeof routes)[number]), policies: { cache: { defaultTtlSeconds: 5 }, limits } },
      ...routes.slice(1),
    ]);
    expect(routeOf(await republish(), '/thing5/1')?.chain).not.toBe(cached);
  });

  it('of the time zone makes plans anew: their counters are named by it', async () => {
    const { shop, held, republish } = await holding(inParts);
    const before = await held();
    shop.doc.timeZone = 'Asia/Tokyo';
    const plan = (tenant: CompiledTenant) => [...(tenant.apis.get('orders')?.plans.values() ?? [])][0];
    expect(plan(await republish())).not.toBe(plan(before));
  });
});

function replaceRoutes(source: ReturnType<typeof memorySource>, tenantId: string, routes: readonly object[]): void {
  const target = source.tenants.get(tenantId)?.apis[0]?.versions[0]?.target;
  if (target?.kind !== 'rest') throw new Error('not a REST API');
  target.routes = routes as typeof target.routes;
}

describe('a document in parts', () => {
  it('is read again when its parts were replaced between manifest and parts', async () => {
    const { source, orders, shop, republish } = await holding(true);
    const parts = source.parts.bind(source);
    let first = true;
    source.parts = async (kind, id, names) => {
      if (first) {
        first = false;
        orders.name = 'Later';
        shop.doc.version++;
      }
      return parts(kind, id, names);
    };
    orders.name = 'Sooner';
    expect((await republish()).doc.apis[0]?.name).toBe('Later');
  });

  it('leaves the one in memory when a part is unusable', async () => {
    const { source, orders, held, republish } = await holding(true);
    const before = await held();
    source.parts = async (_kind, _id, names) => names.map(() => '{"slug":5}');
    orders.name = 'Unusable';
    expect(await republish()).toBe(before);
    expect(before.live).toBe(true);
  });

  it('rejects, and is caught up with later, when the source goes away between manifest and parts', async () => {
    const { source, orders, store, shop, republish } = await holding(true);
    const parts = source.parts.bind(source);
    source.parts = async () => {
      throw new Error('the source is away');
    };
    orders.name = 'Late';
    await expect(republish()).rejects.toThrow('away');
    source.parts = parts;
    await store.revalidate();
    expect(((await store.tenantById(shop.doc.tenantId)) as CompiledTenant).doc.apis[0]?.name).toBe('Late');
  });

  it('lets the event loop turn while thousands of routes are read and compiled', async () => {
    const state = { turns: 0, done: false };
    const count = (): void => {
      state.turns++;
      if (!state.done) setImmediate(count);
    };
    setImmediate(count);
    await holding(true, 5000);
    state.done = true;
    expect(state.turns).toBeGreaterThan(5);
  });

  it('of a caller: keys that come and go, and those that stay, lead to it', async () => {
    const { source, store, shop } = await holding(true);
    const rest = restApi(shop, 'more', shop.doc.upstreams[0]?.id ?? '');
    const keys = Array.from({ length: 700 }, () => apiKey().entry);
    const [gone, fresh] = [keys[3], apiKey().entry];
    const caller = application([subscription(shop, rest)], keys);
    source.applications.set(caller.applicationId, caller);
    await store.applicationById(caller.applicationId);
    const find = (hash: string | undefined) => store.applicationByName(hash ?? '');
    expect(find(keys[699]?.hash)).toMatchObject({ id: caller.applicationId });
    source.fetched.length = 0;
    source.applications.set(caller.applicationId, { ...caller, version: 2, keys: [...keys.toSpliced(3, 1), fresh] });
    await store.apply({ kind: 'application', id: caller.applicationId, version: 2 });
    expect(find(fresh.hash)).toMatchObject({ live: true });
    expect(find(keys[699]?.hash)).toMatchObject({ live: true });
    expect(await find(gone?.hash)).toBe('absent');
    expect(source.fetched.length).toBeLessThan(8);
  });
});
