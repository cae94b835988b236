import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { addIdentity } from './add-identity.ts';
import { createApplication } from './create.ts';
import { deleteApplication } from './delete.ts';
import { listIdentities } from './list-identities.ts';
import { removeIdentity } from './remove-identity.ts';

const t = testContext();
afterAll(() => t.close());

const client = (tenantId: string, name = 'ci') => ({
  name,
  issuer: 'https://login.test/',
  subject: `${tenantId}-${name}`,
});

test('a client is registered, listed, written to the audit log and announced, and removed again', async () => {
  const { tenantId, owner, as } = await t.tenant();
  const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const made = await addIdentity(await as('developer'), { application: 'shop', ...client(tenantId) });
  expect(made).toMatchObject({ kind: 'client', ...client(tenantId), scopes: [] });
  expect((await listIdentities(await as('viewer'), { application: id })).items).toEqual([made]);
  await removeIdentity(owner, { application: 'shop', identity: made.id });
  await expect(removeIdentity(owner, { application: 'shop', identity: made.id })).rejects.toMatchObject({
    code: 'not_found',
  });
  const { audit, outbox } = await t.db.within({ tenantId }, async (tx) => ({
    audit: await tx.auditEntry.findMany({ where: { subjectId: made.id }, orderBy: { id: 'asc' } }),
    outbox: await tx.outboxEntry.findMany({ where: { topic: 'snapshot.application' } }),
  }));
  expect(audit.map((entry) => entry.action)).toEqual(['applications.addIdentity', 'applications.removeIdentity']);
  expect(outbox).toHaveLength(3);
});

test('one credential stands for one application over all tenants; freed, anybody may register it', async () => {
  const [one, two] = [await t.tenant(), await t.tenant()];
  for (const { owner } of [one, two]) await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const shared = client(one.tenantId);
  const first = await addIdentity(one.owner, { application: 'shop', ...shared });
  await expect(addIdentity(two.owner, { application: 'shop', ...shared })).rejects.toMatchObject({
    code: 'conflict',
    issues: [{ path: 'subject' }],
  });
  await expect(addIdentity(one.owner, { application: 'shop', ...shared, subject: 'x' })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'name' }],
  });
  await expect(removeIdentity(two.owner, { application: 'shop', identity: first.id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await deleteApplication(one.owner, { application: 'shop' });
  await expect(addIdentity(two.owner, { application: 'shop', ...shared })).resolves.toMatchObject(shared);
});

test('needs the permission for keys', async () => {
  const { tenantId, owner, as } = await t.tenant();
  await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const viewer = await as('viewer');
  await expect(addIdentity(viewer, { application: 'shop', ...client(tenantId) })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a declaration adds what is missing, comes out again, and does not change what an identity stands for', async () => {
  const { tenantId, owner } = await t.tenant();
  const identity = client(tenantId);
  const shop = { slug: 'shop', name: 'Shop', keys: [{ name: 'web', scopes: ['orders:read'] }], identities: [identity] };
  const steps = (await applyDeclaration(owner, { parley: 1, applications: [shop] })).steps;
  expect(steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toContain('create identity shop/ci');
  const exported = await exportDeclaration(owner, {});
  expect(exported.applications[0]).toMatchObject({ ...shop, identities: [{ kind: 'client', ...identity }] });
  expect((await applyDeclaration(owner, exported)).steps).toEqual([]);
  const other = { ...shop, identities: [{ ...identity, subject: 'another' }] };
  await expect(applyDeclaration(owner, { parley: 1, applications: [other] })).rejects.toMatchObject({
    code: 'conflict',
  });
});
