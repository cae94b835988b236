import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { createApi } from '../apis/create.ts';
import { deleteApi } from '../apis/delete.ts';
import { getApi } from '../apis/get.ts';
import { disableModel } from '../models/disable.ts';
import { createPlan } from '../plans/create.ts';
import { announced, faultOf, withModels, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { createApiVersion } from './create.ts';
import { deprecateApiVersion } from './deprecate.ts';
import { diffRevisions } from './diff.ts';
import { getApiVersion } from './get.ts';
import { publishApiVersion } from './publish.ts';
import { restoreApiVersion } from './restore.ts';
import { retireApiVersion } from './retire.ts';
import { listRevisions } from './revisions.ts';
import { rollbackApiVersion } from './rollback.ts';
import { setDefinition } from './set-definition.ts';
import { submitApiVersion } from './submit.ts';
import { withdrawApiVersion } from './withdraw.ts';

const kit = testContext();
afterAll(() => kit.close());

const V1 = { api: 'orders', version: 'v1' };

describe('publishing a version', () => {
  it('is refused with every reason at once while it cannot be served, and changes nothing', async () => {
    const { owner } = await kit.tenant();
    await createApi(owner, { slug: 'chat', name: 'Chat', kind: 'llm' });
    const version = await createApiVersion(owner, { api: 'chat' });
    expect(version).toMatchObject({ version: 'v1', state: 'draft', revision: null, moves: ['submit', 'publish'] });
    const fault = await faultOf(publishApiVersion(owner, { api: 'chat', version: 'v1' }));
    expect(fault.code).toBe('invalid_state');
    expect(fault.issues.map((issue) => issue.path)).toEqual(['plans', 'definition']);
    expect(await getApi(owner, { api: 'chat' })).toMatchObject({ publishedAt: null });
    expect((await getApiVersion(owner, { api: 'chat', version: 'v1' })).state).toBe('draft');
  });

  it('is refused for a model without a price, and for one out of service', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    await createApi(owner, { slug: 'chat', name: 'Chat', kind: 'llm' });
    await createPlan(owner, { api: 'chat', slug: 'free', name: 'Free' });
    await createApiVersion(owner, { api: 'chat' });
    await setDefinition(owner, { api: 'chat', version: 'v1', definition: { kind: 'llm', models: ['swift'] } });
    await disableModel(owner, { model: 'swift' });
    const { issues } = await faultOf(publishApiVersion(owner, { api: 'chat', version: 'v1' }));
    expect(issues).toMatchObject([{ path: 'models', message: expect.stringContaining('out of service') }]);
  });

  it('walks the whole life, tells the gateway at each step it must know of, and refuses a second click', async () => {
    const tenant = await kit.tenant();
    const { owner } = tenant;
    await withRestDraft(owner);
    expect((await submitApiVersion(owner, V1)).state).toBe('review');
    expect(
      await faultOf(
        setDefinition(owner, {
          ...V1,
          definition: { kind: 'rest', routes: [{ method: 'GET', path: '/', upstream: 'shop' }] },
        }),
      ),
    ).toMatchObject({ code: 'invalid_state' });
    expect((await withdrawApiVersion(owner, V1)).state).toBe('draft');
    const before = (await announced(tenant)).filter(({ topic }) => topic === 'snapshot.tenant').length;
    const published = await publishApiVersion(owner, V1);
    expect(published).toMatchObject({ state: 'published', moves: ['deprecate', 'retire'], blockers: [] });
    expect(published.url).toBe(`http://gateway.test/${tenant.slug}/orders/v1`);
    const first = (await getApi(owner, { api: 'orders' })).publishedAt;
    expect(first).not.toBeNull();
    expect((await faultOf(publishApiVersion(owner, V1))).message).toBe(
      'This version is published and cannot be published.',
    );
    expect(
      (await faultOf(deprecateApiVersion(owner, { ...V1, sunsetAt: '2020-01-01T00:00:00Z' }))).issues[0]?.path,
    ).toBe('sunsetAt');
    expect((await deprecateApiVersion(owner, V1)).state).toBe('deprecated');
    expect(await restoreApiVersion(owner, V1)).toMatchObject({ state: 'published', deprecatedAt: null });
    expect(await retireApiVersion(owner, V1)).toMatchObject({ state: 'retired', moves: [] });
    expect((await getApi(owner, { api: 'orders' })).publishedAt).toBe(first);
    const told = (await announced(tenant)).filter(({ topic }) => topic === 'snapshot.tenant').length;
    expect(told - before).toBe(4);
  });

  it('makes one move of two at once', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const outcomes = await Promise.allSettled([publishApiVersion(owner, V1), publishApiVersion(owner, V1)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('deletes an API nobody subscribed to with all that belongs to it', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withPromptApi(owner);
    await deleteApi(owner, { api: 'greet' });
    const left = await kit.db.within({ tenantId }, (tx) => tx.apiRevision.count({ where: { tenantId } }));
    expect(left).toBe(0);
    expect((await faultOf(getApi(owner, { api: 'greet' }))).code).toBe('not_found');
  });
});

describe('revisions of a version', () => {
  const routes = [{ method: 'GET' as const, path: '/orders/{id}', upstream: 'shop' }];

  it('are appended, compared and rolled back to; a route that stays keeps its id', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withRestDraft(owner);
    await publishApiVersion(owner, V1);
    const rows = () =>
      kit.db.within({ tenantId }, (tx) => tx.route.findMany({ where: { tenantId }, orderBy: { position: 'asc' } }));
    const [kept] = await rows();
    expect(
      (await setDefinition(owner, { ...V1, definition: { kind: 'rest', routes }, note: 'Orders are placed elsewhere' }))
        .revision,
    ).toBe(2);
    expect((await rows()).map(({ id }) => id)).toEqual([kept?.id]);
    const diff = await diffRevisions(owner, { ...V1, from: 1, to: 2 });
    expect(diff.sections[0]?.lines.filter(({ kind }) => kind !== 'same')).toEqual([
      { kind: 'removed', text: 'POST /orders → shop/v2/orders  (Place an order)' },
    ]);
    expect((await rollbackApiVersion(owner, { ...V1, revision: 1 })).revision).toBe(3);
    expect((await rows()).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /orders/{id}', 'POST /orders']);
    const { items } = await listRevisions(owner, V1);
    expect(items).toMatchObject([
      { number: 3, note: 'Back to revision 1', current: true, createdBy: 'Test owner' },
      { number: 2, note: 'Orders are placed elsewhere', current: false },
      { number: 1, note: '', current: false },
    ]);
    expect((await faultOf(rollbackApiVersion(owner, { ...V1, revision: 1 }))).code).toBe('invalid_state');
    expect((await faultOf(rollbackApiVersion(owner, { ...V1, revision: 99 }))).code).toBe('not_found');
  });

  it('are not added by saving what is served already', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const definition = { kind: 'rest' as const, routes };
    expect((await setDefinition(owner, { ...V1, definition })).revision).toBe(2);
    expect((await setDefinition(owner, { ...V1, definition })).revision).toBe(2);
  });

  it('need the right to publish once callers use the version', async () => {
    const tenant = await kit.tenant();
    await withRestDraft(tenant.owner);
    const writer = await tenant.as(['apis.read', 'apis.write']);
    await setDefinition(writer, { ...V1, definition: { kind: 'rest', routes } });
    expect((await faultOf(publishApiVersion(writer, V1))).code).toBe('forbidden');
    await publishApiVersion(tenant.owner, V1);
    const change = { ...V1, definition: { kind: 'rest' as const, routes: [{ ...routes[0]!, path: '/other' }] } };
    expect((await faultOf(setDefinition(writer, change))).code).toBe('forbidden');
    expect((await setDefinition(tenant.owner, change)).revision).toBe(3);
  });

  it('name what is wrong beside the field', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const set = (list: object[]) =>
      faultOf(setDefinition(owner, { ...V1, definition: { kind: 'rest', routes: list as typeof routes } }));
    expect((await set([{ method: 'GET', path: '/a', upstream: 'nowhere' }])).issues[0]?.path).toBe(
      'definition.routes.0.upstream',
    );
    expect(
      (
        await set([
          { method: 'GET', path: '/a/{x}', upstream: 'shop' },
          { method: 'GET', path: '/a/{y}', upstream: 'shop' },
        ])
      ).issues[0]?.path,
    ).toBe('definition.routes.1.path');
    expect((await set([{ method: 'GET', path: '/a/../b', upstream: 'shop' }])).issues[0]?.path).toBe(
      'definition.routes.0.path',
    );
    expect(
      (await set([{ method: 'GET', path: '/a', upstream: 'shop', upstreamPath: '/b/{id}' }])).issues[0]?.path,
    ).toBe('definition.routes.0.upstreamPath');
    expect((await set([])).issues[0]?.message).toBe('Add at least one route.');
    const kind = await faultOf(setDefinition(owner, { ...V1, definition: { kind: 'llm', models: ['swift'] } }));
    expect(kind.issues[0]?.path).toBe('definition.kind');
  });

  it('start a new version as a copy of another', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const copy = await createApiVersion(owner, { api: 'orders', copyFrom: 'v1' });
    expect(copy).toMatchObject({ version: 'v2', state: 'draft', revision: 1 });
    expect(copy.definition).toEqual((await getApiVersion(owner, V1)).definition);
  });
});
