import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { announced, faultOf, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { diffRevisions } from './diff.ts';
import { rollbackApiVersion } from './rollback.ts';
import { setDefinition } from './set-definition.ts';
import { setPolicies } from './set-policies.ts';

const kit = testContext();
afterAll(() => kit.close());

const OFFICE = { ipAccess: { allow: ['203.0.113.0/24'], deny: [] } };

describe('the policies of a version', () => {
  it('are a revision of their own, which can be compared and taken back', async () => {
    const tenant = await kit.tenant();
    await withPromptApi(tenant.owner);
    const at = { api: 'greet', version: 'v1' };
    const before = (await announced(tenant)).length;
    const set = await setPolicies(tenant.owner, { ...at, policies: OFFICE });
    expect(set.revision).toBe(2);
    expect(set.definition?.policies).toEqual(OFFICE);
    expect((await announced(tenant)).length).toBe(before + 1);
    const { sections } = await diffRevisions(tenant.owner, { ...at, from: 1, to: 2 });
    expect(sections.filter((one) => one.lines.some((line) => line.kind !== 'same')).map((one) => one.title)).toEqual([
      'Policies',
    ]);
    const back = await rollbackApiVersion(tenant.owner, { ...at, revision: 1 });
    expect(back.definition?.policies ?? {}).toEqual({});
  });

  it('stay when what is served changes, and go when they are set to none', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const at = { api: 'orders', version: 'v1' };
    await setPolicies(owner, { ...at, policies: OFFICE });
    const routes = [{ method: 'GET' as const, path: '/x', upstream: 'shop', policies: { ipAccess: null } }];
    const changed = await setDefinition(owner, { ...at, definition: { kind: 'rest', routes } });
    expect(changed.definition).toMatchObject({ policies: OFFICE, routes: [{ policies: { ipAccess: null } }] });
    const none = await setPolicies(owner, { ...at, policies: {} });
    expect(none.definition).toMatchObject({ policies: {}, routes: [{ policies: { ipAccess: null } }] });
  });

  it('are refused beside the field that is wrong, and change nothing', async () => {
    const { owner } = await kit.tenant();
    await withRestDraft(owner);
    const at = { api: 'orders', version: 'v1' };
    const wrong = { ipAccess: { allow: ['10.0.0.0/33'], deny: [] } };
    const fault = await faultOf(setPolicies(owner, { ...at, policies: wrong }));
    expect(fault.issues.map(({ path }) => path)).toEqual(['policies.ipAccess.allow.0']);
    const nowhere = { split: { variants: [{ name: 'new', upstream: 'nobody', weight: 10_000 }] } };
    const missing = await faultOf(setPolicies(owner, { ...at, policies: nowhere }));
    expect(missing.issues.map(({ path }) => path)).toEqual(['policies.split.variants.0.upstream']);
    const callers = {
      methods: [{ kind: 'introspection' as const, issuer: 'https://login.test/', upstream: 'nowhere' }],
    };
    const issuer = await faultOf(setPolicies(owner, { ...at, policies: { callers } }));
    expect(issuer.issues.map(({ path }) => path)).toEqual(['policies.callers.methods.0.upstream']);
    const unknown: object = { ipAcess: OFFICE.ipAccess };
    expect((await faultOf(setPolicies(owner, { ...at, policies: unknown }))).code).toBe('invalid_input');
  });

  it('travel in a declaration, which leaves them alone when it does not mention them', async () => {
    const { owner } = await kit.tenant();
    await withPromptApi(owner);
    await setPolicies(owner, { api: 'greet', version: 'v1', policies: OFFICE });
    const exported = await exportDeclaration(owner, {});
    expect(exported.apis[0]?.versions[0]?.policies).toEqual(OFFICE);
    const silent = exported.apis.map((api) => ({
      ...api,
      versions: api.versions.map(({ policies: _, ...version }) => version),
    }));
    expect((await applyDeclaration(owner, { ...exported, apis: silent })).steps).toEqual([]);
    const without = exported.apis.map((api) => ({
      ...api,
      versions: api.versions.map((version) => ({ ...version, policies: {} })),
    }));
    expect((await applyDeclaration(owner, { ...exported, apis: without })).steps).toHaveLength(1);
  });
});
