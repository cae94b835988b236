import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { createApiVersion } from '../api-versions/create.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { retireApiVersion } from '../api-versions/retire.ts';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { faultOf, withRestDraft } from '../test/publisher.ts';
import { listApiAliases } from './list.ts';
import { moveBackApiAlias } from './move-back.ts';
import { removeApiAlias } from './remove.ts';
import { setApiAlias } from './set.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([t.close(), worker.close()]));

const AT = { api: 'orders', alias: 'latest' };

/** A tenant whose API has the published versions v1 and v2. */
async function twoVersions() {
  const made = await t.tenant();
  await withRestDraft(made.owner);
  await publishApiVersion(made.owner, { api: 'orders', version: 'v1' });
  await createApiVersion(made.owner, { api: 'orders', copyFrom: 'v1' });
  await publishApiVersion(made.owner, { api: 'orders', version: 'v2' });
  return made;
}
const where = async (...made: Parameters<typeof listApiAliases>) =>
  (await listApiAliases(...made)).items.map(({ alias, version, previous }) => [alias, version, previous]);

test('an alias is made, moved in one press and back, audited, announced and known to gateways', async () => {
  const { owner, tenantId } = await twoVersions();
  const { items } = await setApiAlias(owner, { ...AT, version: 'v1' });
  expect(items).toMatchObject([{ alias: 'latest', version: 'v1', previous: null, state: 'published' }]);
  expect(items[0]?.url).toMatch(/\/orders\/latest$/);
  await setApiAlias(owner, { ...AT, version: 'v2' });
  await setApiAlias(owner, { ...AT, version: 'v2' });
  expect(await where(owner, { api: 'orders' })).toEqual([['latest', 'v2', 'v1']]);
  const snapshot = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
  const [api] = snapshot?.apis ?? [];
  expect(api?.aliases).toEqual([{ alias: 'latest', versionId: api?.versions[1]?.id }]);
  await moveBackApiAlias(owner, AT);
  expect(await where(owner, { api: 'orders' })).toEqual([['latest', 'v1', 'v2']]);
  await moveBackApiAlias(owner, AT);
  expect(await where(owner, { api: 'orders' })).toEqual([['latest', 'v2', 'v1']]);
  expect((await removeApiAlias(owner, AT)).items).toEqual([]);
  expect((await faultOf(removeApiAlias(owner, AT))).code).toBe('not_found');
  const audit = await t.db.within({ tenantId }, (tx) => tx.auditEntry.findMany({ orderBy: { id: 'asc' } }));
  const actions = audit.map(({ action }) => action).filter((action) => action.startsWith('apiAliases.'));
  expect(actions).toEqual([
    'apiAliases.set',
    'apiAliases.set',
    'apiAliases.moveBack',
    'apiAliases.moveBack',
    'apiAliases.remove',
  ]);
});

test('an alias leads to a version that is served, and no version and alias share a name', async () => {
  const { owner } = await twoVersions();
  await createApiVersion(owner, { api: 'orders', version: 'v3' });
  const issue = async (made: Promise<unknown>) => (await faultOf(made)).issues.map(({ path }) => path);
  expect(await issue(setApiAlias(owner, { ...AT, version: 'v3' }))).toEqual(['version']);
  expect(await issue(setApiAlias(owner, { ...AT, alias: 'v1', version: 'v2' }))).toEqual(['alias']);
  expect((await faultOf(setApiAlias(owner, { ...AT, version: 'v9' }))).code).toBe('not_found');
  expect((await faultOf(moveBackApiAlias(owner, AT))).code).toBe('not_found');
  await setApiAlias(owner, { ...AT, version: 'v1' });
  expect((await faultOf(moveBackApiAlias(owner, AT))).code).toBe('invalid_state');
  expect(await issue(createApiVersion(owner, { api: 'orders', version: 'latest' }))).toEqual(['version']);
  await setApiAlias(owner, { ...AT, version: 'v2' });
  await retireApiVersion(owner, { api: 'orders', version: 'v1' });
  expect((await faultOf(moveBackApiAlias(owner, AT))).message).toContain('retired');
});

test('a declaration makes, moves and removes aliases, and one without the word keeps them', async () => {
  const { owner } = await twoVersions();
  const exported = await exportDeclaration(owner, {});
  const withAliases = (aliases?: Record<string, string>) => {
    const [api] = exported.apis;
    const { aliases: _, ...rest } = api ?? expect.fail('no API');
    return { ...exported, apis: [{ ...rest, ...(aliases ? { aliases } : {}) }] };
  };
  const steps = async (aliases?: Record<string, string>) =>
    (await applyDeclaration(owner, withAliases(aliases))).steps.map(
      ({ action, kind, name }) => `${action} ${kind} ${name}`,
    );
  expect(await steps({ latest: 'v2', stable: 'v1' })).toEqual([
    'create alias orders/latest',
    'create alias orders/stable',
  ]);
  expect((await exportDeclaration(owner, {})).apis[0]?.aliases).toEqual({ latest: 'v2', stable: 'v1' });
  expect(await steps()).toEqual([]);
  expect(await steps({ latest: 'v1' })).toEqual(['move alias orders/latest', 'remove alias orders/stable']);
  expect(await where(owner, { api: 'orders' })).toEqual([['latest', 'v1', 'v2']]);
});
