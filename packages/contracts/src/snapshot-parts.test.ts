import { describe, expect, it } from 'vitest';
import type { RouteSnapshot, TenantSnapshot } from './snapshot.ts';
import { leadingVersion, splitApplication, splitTenant, tenantManifestSchema } from './snapshot-parts.ts';

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

function routes(count: number): RouteSnapshot[] {
  return Array.from({ length: count }, (_, at) => ({
    id: uuid(at),
    method: 'GET',
    path: `/thing${at}/{id}`,
    upstreamId: uuid(1),
    upstreamPath: null,
  }));
}

function tenant(of: RouteSnapshot[], requests = 10): TenantSnapshot {
  const target = { kind: 'rest' as const, routes: of };
  const version = { id: uuid(2), version: 'v1', state: 'published' as const, deprecatedAtMs: null, sunsetAtMs: null };
  return {
    version: 7,
    tenantId: uuid(3),
    slug: 'shop',
    sealedDataKey: 'sealed',
    upstreams: [],
    providers: [],
    models: [],
    apis: [
      {
        id: uuid(4),
        slug: 'orders',
        name: 'Orders',
        maxBodyBytes: 1000,
        versions: [{ ...version, target }],
        plans: [{ id: uuid(5), slug: 'free', limits: [{ requests, windowSeconds: 60 }] }],
      },
    ],
  };
}

const added = (before: TenantSnapshot, after: TenantSnapshot): number => {
  const known = splitTenant(before).parts;
  return [...splitTenant(after).parts.keys()].filter((name) => !known.has(name)).length;
};

describe('a document in parts', () => {
  it('has the same parts for the same content, whatever its version', () => {
    const doc = tenant(routes(500));
    expect(added(doc, { ...doc, version: 8 })).toBe(0);
    expect(splitTenant(doc).parts.size).toBeGreaterThan(10);
    expect(splitTenant(doc).parts.size).toBeLessThan(130);
  });

  it('changes in one part when a plan, a route or an API’s name changes', () => {
    const doc = tenant(routes(500));
    expect(added(doc, tenant(routes(500), 11))).toBe(1);
    const changed = routes(500);
    changed[250] = { ...(changed[250] as RouteSnapshot), upstreamPath: '/elsewhere' };
    // The route's own part, and the next where the change moved a cut.
    expect(added(doc, tenant(changed))).toBeLessThanOrEqual(2);
  });

  it('changes in the parts around a route that is put in or taken out anywhere', () => {
    const all = routes(500);
    for (const at of [0, 1, 99, 250, 499]) expect(added(tenant(all), tenant(all.toSpliced(at, 1)))).toBeLessThan(6);
  });

  it('leaves in the manifest what is in no part, fields of newer releases included', () => {
    const doc = { ...tenant(routes(1)), invented: [1, 2] };
    const manifest = JSON.parse(splitTenant(doc).manifest);
    expect(manifest.rest).toEqual({ tenantId: doc.tenantId, slug: 'shop', sealedDataKey: 'sealed', invented: [1, 2] });
    expect(tenantManifestSchema.parse(manifest).version).toBe(7);
  });

  it('is told apart by the version its JSON begins with', () => {
    const doc = tenant(routes(1));
    expect(leadingVersion(splitTenant(doc).manifest)).toBe(7);
    expect(leadingVersion(JSON.stringify(doc))).toBe(7);
    expect(leadingVersion('{"tenantId":"x","version":3}')).toBeNull();
    expect(leadingVersion('')).toBeNull();
  });

  it('cuts a caller’s many keys as well', () => {
    const keys = Array.from({ length: 1000 }, (_, at) => ({
      id: uuid(at),
      hash: `hash-${at}`,
      expiresAtMs: null,
      revokedAtMs: null,
    }));
    const doc = { version: 1, applicationId: uuid(1), tenantId: uuid(2), tenantSlug: 'x', keys, subscriptions: [] };
    const before = splitApplication(doc).parts;
    keys[500] = { ...(keys[500] as (typeof keys)[number]), revokedAtMs: 5 as never };
    const after = splitApplication(doc).parts;
    expect([...after.keys()].filter((name) => !before.has(name)).length).toBeLessThanOrEqual(2);
    expect(before.size).toBeGreaterThan(15);
  });
});
