import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { type Call, callStore } from '../requests/calls.suite.ts';
import { withRestDraft } from '../test/publisher.ts';
import { createUpstream } from '../upstreams/create.ts';
import { readVariantFacts } from '../usage/variant-facts.ts';
import { compareVariants } from './compare-variants.ts';
import { setDefinition } from './set-definition.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
const calls = callStore();
afterAll(async () => {
  await calls.close();
  await kit.close();
});

const AT = { api: 'orders', version: 'v1' };
const variants = (next: number) => [
  { name: 'stable', upstream: 'shop', weight: 10_000 - next },
  { name: 'next', upstream: 'shop-next', weight: next },
];
const split = (next: number) => ({ variants: variants(next) });

/** A version whose two routes are split by the version, the second one by itself as well where `own` says so. */
async function splitApi(policies: object, own?: object) {
  const tenant = await kit.tenant();
  const { owner, tenantId } = tenant;
  await withRestDraft(owner);
  await createUpstream(owner, { slug: 'shop-next', name: 'Next', baseUrl: 'http://127.0.0.1:9/next' });
  const route = { method: 'GET' as const, upstream: 'shop' };
  const routes = [
    { ...route, path: '/a' },
    { ...route, path: '/b', ...(own ? { policies: { split: own } } : {}) },
  ];
  await setDefinition(owner, { ...AT, definition: { kind: 'rest', routes, policies } });
  const rows = await kit.db.within({ tenantId }, (tx) =>
    tx.route.findMany({ where: { tenantId }, orderBy: { position: 'asc' } }),
  );
  const [a, b] = rows.map(({ id }) => id) as [string, string];
  const apiVersionId = rows[0]?.apiVersionId as string;
  const call = (routeId: string, variant: string, more: Partial<Call> = {}): Call => ({
    tenantId,
    apiVersionId,
    routeId,
    variant,
    ...more,
  });
  return { ...tenant, tenant, a, b, apiVersionId, call };
}

describe('comparing variants', () => {
  it('counts calls, failures and time at the upstream, and leaves out what the upstream never saw', async () => {
    const { owner, a, b, call } = await splitApi({ split: split(1000) });
    await calls.store(
      ...Array.from({ length: 8 }, () => call(a, 'stable', { upstreamUs: 10_000n })),
      call(b, 'stable', { upstreamUs: 10_000n }),
      call(a, 'next', { upstreamUs: 40_000n }),
      call(b, 'next', { upstreamUs: 40_000n, status: 502, code: 'upstream_failed' }),
      call(a, 'next', { attempts: 0, upstreamUs: 0n, cache: 'hit' }),
      call(a, 'gone'),
    );
    const { places, since } = await compareVariants(owner, AT);
    expect(since?.revision).toBe(2);
    expect(places).toHaveLength(1);
    const [stable, next] = places[0]?.variants ?? [];
    expect(stable).toMatchObject({ name: 'stable', weight: 9000, calls: 9, upstreamCalls: 9, failed: 0 });
    expect(next).toMatchObject({ name: 'next', upstream: 'shop-next', calls: 3, upstreamCalls: 2, failed: 1 });
    expect(stable?.p50Us).toBeGreaterThan(9_000);
    expect(stable?.p50Us).toBeLessThan(11_000);
    expect(next?.p95Us).toBeGreaterThan(35_000);
  });

  it('tells routes with a split of their own apart', async () => {
    const { owner, a, b, call } = await splitApi({ split: split(1000) }, { variants: variants(5000) });
    await calls.store(call(a, 'next'), call(b, 'next'), call(b, 'next'));
    const { places } = await compareVariants(owner, AT);
    expect(places.map(({ route }) => route?.path ?? null)).toEqual([null, '/b']);
    expect(places.map((place) => place.variants[1]?.calls)).toEqual([1, 2]);
  });

  it('begins anew when what is split changes, and not when something else does', async () => {
    const { owner, a, call } = await splitApi({ split: split(1000) });
    await calls.store(call(a, 'next'));
    await setPolicies(owner, { ...AT, policies: { split: split(1000), cache: {} } });
    const before = await compareVariants(owner, AT);
    expect(before.since?.revision).toBe(2);
    expect(before.places[0]?.variants[1]?.calls).toBe(1);
    await setPolicies(owner, { ...AT, policies: { split: split(2000), cache: {} } });
    const after = await compareVariants(owner, AT);
    expect(after.since?.revision).toBe(4);
    expect(after.places[0]?.variants[1]?.calls).toBe(0);
    await setPolicies(owner, { ...AT, policies: {} });
    expect(await compareVariants(owner, AT)).toMatchObject({ since: null, places: [] });
  });

  it('says when and why a canary was taken back, until it is tried again', async () => {
    const canary = { variant: 'next', attempt: 1 };
    const { owner, tenantId, apiVersionId } = await splitApi({ split: { ...split(0), canary } });
    const running = await compareVariants(owner, AT);
    expect(running.places[0]?.canary).toMatchObject({ variant: 'next', attempt: 1, takenBack: null });
    const end = { variant: 'next', reason: '40.0 % of 60 calls failed.', at: new Date().toISOString() };
    await kit.db.within({ tenantId }, (tx) =>
      tx.auditEntry.create({
        data: {
          tenantId,
          id: newId(),
          actorKind: 'system',
          actorLabel: 'gateway',
          action: 'apiVersions.rollBackCanary',
          subjectKind: 'api version',
          subjectId: apiVersionId,
          detail: end,
        },
      }),
    );
    const { at, reason } = end;
    expect((await compareVariants(owner, AT)).places[0]?.canary?.takenBack).toEqual({ at, reason });
    await setPolicies(owner, { ...AT, policies: { split: { ...split(0), canary: { ...canary, attempt: 2 } } } });
    expect((await compareVariants(owner, AT)).places[0]?.canary).toMatchObject({ attempt: 2, takenBack: null });
  });

  it('looks at the newest calls only, and says from when on', async () => {
    const { a, tenantId, apiVersionId, call } = await splitApi({ split: split(1000) });
    const nowMs = Date.now();
    await calls.store(...[5000, 4000, 3000, 2000].map((ago) => call(a, 'next', { atMs: nowMs - ago })));
    const read = (mostCalls: number) =>
      kit.db.within({ tenantId }, (tx) =>
        readVariantFacts(tx, { tenantId, apiVersionId, fromMs: nowMs - 60_000, toMs: nowMs, mostCalls }),
      );
    const some = await read(3);
    expect(some.of([a], 'next').calls).toBe(3);
    expect(some.cutAtMs).toBeCloseTo(nowMs - 4000, -1);
    expect((await read(5)).cutAtMs).toBeNull();
  });
});
