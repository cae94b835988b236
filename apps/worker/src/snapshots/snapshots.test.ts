import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { redisKeys } from '@parley/contracts/redis-keys';
import { applicationSnapshotSchema, tenantSnapshotSchema } from '@parley/contracts/snapshot';
import { applicationManifestSchema } from '@parley/contracts/snapshot-parts';
import { newId } from '@parley/kernel/id';
import { createApplication } from '@parley/services/applications/create';
import { grantCredit } from '@parley/services/billing/grant-credit';
import { createKey } from '@parley/services/keys/create';
import { rotateKey } from '@parley/services/keys/rotate';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, describe, expect, it } from 'vitest';
import { testWorker } from '../../test/test-worker.ts';
import { snapshotApplication } from '../jobs/snapshot-application/handle.ts';
import { snapshotTenant } from '../jobs/snapshot-tenant/handle.ts';
import { publishDocument } from './store.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const { redis } = worker;
const changesOf = async (id: string): Promise<number[]> =>
  (await redis.xrange(redisKeys.changes, '-', '+'))
    .map(([, fields]) => JSON.parse(fields[1] as string))
    .filter((change) => change.id === id)
    .map((change) => change.version);

describe('publishing', () => {
  const publish = (id: string, version: number, names: string[], json: string | null = `{"version":${version}}`) =>
    publishDocument(redis, { kind: 'application', id, version, json, names });
  const stored = (id: string) => redis.get(redisKeys.applicationSnapshot(id));
  const owner = (name: string) => redis.hget(redisKeys.secretIndex, name);

  it('never goes back in version, in whatever order documents arrive', async () => {
    const id = newId();
    const order = Array.from({ length: 50 }, (_, i) => i + 1).sort(() => Math.random() - 0.5);
    const published = await Promise.all(
      order.map(async (version) => ((await publish(id, version, [])) ? version : null)),
    );
    expect(await stored(id)).toBe('{"version":50}');
    const accepted = published.filter((version) => version !== null);
    expect(await changesOf(id)).toEqual(accepted.sort((a, b) => a - b));
    expect(await publish(id, 50, [])).toBe(false);
  });

  it('keeps the index in step: new names lead to the document, names it dropped do not', async () => {
    const [id, a, b, c] = [newId(), newId(), newId(), newId()];
    await publish(id, 1, [a, b]);
    await publish(id, 2, [b, c]);
    expect([await owner(a), await owner(b), await owner(c)]).toEqual([null, id, id]);
    expect(await publish(id, 1, [a])).toBe(false);
    expect(await owner(a)).toBeNull();
  });

  it('does not take a name away from the document that has it now', async () => {
    const [old, fresh, slug] = [newId(), newId(), newId()];
    await publish(old, 1, [slug]);
    await publish(fresh, 2, [slug]);
    await publish(old, 3, []);
    expect(await owner(slug)).toBe(fresh);
  });

  it('of an end removes document and names, announces it, and an older document does not come back', async () => {
    const [id, name] = [newId(), newId()];
    await publish(id, 5, [name]);
    await publish(id, 7, [], null);
    expect([await stored(id), await owner(name)]).toEqual([null, null]);
    expect(await changesOf(id)).toEqual([5, 7]);
    expect(await publish(id, 6, [name])).toBe(false);
    expect(await stored(id)).toBeNull();
    expect(await publish(id, 8, [name])).toBe(true);
  });
});

describe('publishing in parts', () => {
  const inParts = (version: number, parts: Record<string, string>) => ({
    manifest: `{"version":${version}}`,
    parts: new Map(Object.entries(parts)),
  });
  const publish = (id: string, version: number, parts: Record<string, string> | null) =>
    publishDocument(redis, {
      kind: 'tenant',
      id,
      version,
      json: `{"version":${version}}`,
      inParts: parts && inParts(version, parts),
      names: [],
    });
  const stored = async (id: string) => ({
    manifest: await redis.get(redisKeys.snapshotManifest('tenant', id)),
    parts: await redis.hgetall(redisKeys.snapshotParts('tenant', id)),
  });

  it('stores the parts of a manifest, and keeps those of the one before for who is just reading it', async () => {
    const id = newId();
    await publish(id, 1, { a: '1', b: '2' });
    await publish(id, 2, { b: '2', c: '3' });
    expect(await stored(id)).toEqual({ manifest: '{"version":2}', parts: { a: '1', b: '2', c: '3' } });
    await publish(id, 3, { c: '3' });
    expect(await stored(id)).toEqual({ manifest: '{"version":3}', parts: { b: '2', c: '3' } });
  });

  it('sends again what Redis has lost since it was asked', async () => {
    const id = newId();
    await publish(id, 1, { a: '1', b: '2' });
    const racing = Object.create(redis, {
      hkeys: {
        value: async (key: string) => {
          const names = await redis.hkeys(key);
          await redis.del(key);
          return names;
        },
      },
    });
    const document = { kind: 'tenant' as const, id, version: 2, json: '{"version":2}', names: [] };
    expect(await publishDocument(racing, { ...document, inParts: inParts(2, { a: '1', b: '2' }) })).toBe(true);
    expect((await stored(id)).parts).toEqual({ a: '1', b: '2' });
  });

  it('leaves neither manifest nor parts of a document that is small now, or gone', async () => {
    const id = newId();
    await publish(id, 1, { a: '1' });
    await publish(id, 2, null);
    expect(await stored(id)).toEqual({ manifest: null, parts: {} });
    await publish(id, 3, { a: '1' });
    await publishDocument(redis, { kind: 'tenant', id, version: 4, json: null, names: [] });
    expect(await stored(id)).toEqual({ manifest: null, parts: {} });
  });

  it('does not let an older document bring back its parts', async () => {
    const id = newId();
    await publish(id, 5, { new: '1' });
    expect(await publish(id, 4, { old: '1' })).toBe(false);
    expect(await stored(id)).toEqual({ manifest: '{"version":5}', parts: { new: '1' } });
  });

  it('goes on from the record that a worker of the release before has left', async () => {
    const id = newId();
    await publish(id, 1, { a: '1' });
    await redis.hset(redisKeys.snapshotRecords, `tenant:${id}`, '{"version":2,"names":[]}');
    expect(await publish(id, 3, { b: '2' })).toBe(true);
    expect((await stored(id)).parts).toEqual({ b: '2' });
  });
});

describe('compiling', () => {
  it('publishes a tenant by its slug, a new version each time', async () => {
    const { tenantId, slug } = await t.tenant();
    await worker.run(snapshotTenant, { tenantId });
    const read = async () =>
      tenantSnapshotSchema.parse(JSON.parse((await redis.get(redisKeys.tenantSnapshot(tenantId))) ?? ''));
    const first = await read();
    expect(first).toMatchObject({ tenantId, slug });
    expect(await redis.hget(redisKeys.tenantSlugs, slug)).toBe(tenantId);
    await Promise.all(Array.from({ length: 5 }, () => worker.run(snapshotTenant, { tenantId })));
    const versions = await changesOf(tenantId);
    expect(versions).toHaveLength(6);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect((await read()).version).toBe(versions.at(-1));
  });

  it('publishes an application by the hashes of its secrets, also the one in grace', async () => {
    const { tenantId, owner } = await t.tenant();
    const application = await createApplication(owner, { slug: 'shop', name: 'Shop' });
    const key = await createKey(owner, { application: application.id, name: 'main' });
    await rotateKey(owner, { id: key.id, graceSeconds: 3600 });
    await worker.run(snapshotApplication, { tenantId, applicationId: application.id });
    const json = await redis.get(redisKeys.applicationSnapshot(application.id));
    const snapshot = applicationSnapshotSchema.parse(JSON.parse(json ?? ''));
    expect(snapshot.keys).toHaveLength(2);
    for (const { hash } of snapshot.keys) expect(await redis.hget(redisKeys.secretIndex, hash)).toBe(application.id);
  });

  it('says how the customer of a publisher stands with its bills, and whether its plan charges by use', async () => {
    const publisher = await t.tenant();
    const api = await publishedApi(t.db, publisher.tenantId);
    const { tenantId, owner } = await t.tenant();
    const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
    const accountId = newId();
    await worker.rows(
      `INSERT INTO subscriptions (tenant_id, id, api_id, plan_id, consumer_tenant_id, application_id, state, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'approved', now())`,
      publisher.tenantId,
      newId(),
      api.id,
      api.autoPlanId,
      tenantId,
      id,
    );
    const billing = async () => {
      await worker.run(snapshotApplication, { tenantId, applicationId: id });
      const json = await redis.get(redisKeys.applicationSnapshot(id));
      return applicationSnapshotSchema.parse(JSON.parse(json ?? '')).subscriptions[0]?.billing;
    };
    expect(await billing()).toBeUndefined();
    await t.db.within({ tenantId: publisher.tenantId }, async (tx) => {
      const account = { tenantId: publisher.tenantId, id: accountId, consumerTenantId: tenantId, currency: 'USD' };
      await tx.billingAccount.create({ data: { ...account, standing: 'restricted' } });
    });
    expect(await billing()).toEqual({ accountId, standing: 'restricted', charges: false });
    const pricing = planPricingSchema.parse({
      collection: 'invoice',
      rules: [{ id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '1000' } }],
    });
    await t.db.within({ tenantId: publisher.tenantId }, async (tx) => {
      const price = { tenantId: publisher.tenantId, id: newId(), planId: api.autoPlanId, number: 1, currency: 'USD' };
      await tx.planPrice.create({ data: { ...price, pricing, effectiveFrom: new Date(0) } });
    });
    expect(await billing()).toEqual({ accountId, standing: 'restricted', charges: true });
    await t.db.within({ tenantId: publisher.tenantId }, async (tx) => {
      const price = { tenantId: publisher.tenantId, id: newId(), planId: api.autoPlanId, number: 2, currency: 'USD' };
      const prepaid = { ...pricing, collection: 'prepaid' as const };
      await tx.planPrice.create({ data: { ...price, pricing: prepaid, effectiveFrom: new Date(1) } });
    });
    expect(await billing()).toEqual({ accountId, standing: 'restricted', charges: true, spent: true });
    const gift = { tenantId: publisher.tenantId, accountId, key: 'gift', kind: 'promotional', amountNano: 5n } as const;
    await t.db.within({ tenantId: publisher.tenantId }, (tx) => grantCredit(tx, gift));
    expect(await billing()).toEqual({ accountId, standing: 'restricted', charges: true });
  });

  it('publishes a large document in parts as well, which together say the same', async () => {
    const { tenantId, owner } = await t.tenant();
    const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
    for (let n = 0; n < 70; n++) await createKey(owner, { application: id, name: `key ${n}` });
    await worker.run(snapshotApplication, { tenantId, applicationId: id });
    const whole = applicationSnapshotSchema.parse(
      JSON.parse((await redis.get(redisKeys.applicationSnapshot(id))) ?? ''),
    );
    const manifest = applicationManifestSchema.parse(
      JSON.parse((await redis.get(redisKeys.snapshotManifest('application', id))) ?? ''),
    );
    const texts = await redis.hmget(redisKeys.snapshotParts('application', id), ...manifest.keys);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.flatMap((text) => JSON.parse(text ?? ''))).toEqual(whole.keys);
    expect({ ...manifest.rest, version: manifest.version }).toEqual({
      ...whole,
      keys: undefined,
      subscriptions: undefined,
    });
  });

  it('ends the document of what is gone', async () => {
    const applicationId = newId();
    await publishDocument(redis, { kind: 'application', id: applicationId, version: 0, json: '{}', names: ['x'] });
    await worker.run(snapshotApplication, { tenantId: newId(), applicationId });
    expect(await redis.exists(redisKeys.applicationSnapshot(applicationId))).toBe(0);
  });
});
