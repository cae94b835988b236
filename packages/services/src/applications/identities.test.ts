import { IDENTITY_SECRET } from '@parley/contracts/identity';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { open, openDataKey } from '@parley/kernel/seal';
import { issueCertificate } from '@parley/testkit/certificate';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { compileApplicationSnapshot } from '../snapshots/compile-application.ts';
import { addIdentity } from './add-identity.ts';
import { createApplication } from './create.ts';
import { deleteApplication } from './delete.ts';
import { listIdentities } from './list-identities.ts';
import { removeIdentity } from './remove-identity.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([t.close(), worker.close()]));

const client = (tenantId: string, name = 'ci') => ({
  name,
  issuer: 'https://login.test/',
  subject: `${tenantId}-${name}`,
});

test('a client is registered, listed, written to the audit log and announced, and removed again', async () => {
  const { tenantId, owner, as } = await t.tenant();
  const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const { secret, ...made } = await addIdentity(await as('developer'), { application: 'shop', ...client(tenantId) });
  expect(made).toMatchObject({ kind: 'client', ...client(tenantId), scopes: [] });
  expect(secret).toBe(null);
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

test('a shared secret is made here, shown once, kept sealed, and opened by nobody without the tenant’s data key', async () => {
  const { tenantId, owner } = await t.tenant();
  const { id: applicationId } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const made = await addIdentity(owner, { application: 'shop', name: 'signer', kind: 'hmac', scopes: ['a'] });
  expect(made).toMatchObject({ kind: 'hmac', issuer: '', subject: made.id, scopes: ['a'] });
  const secret = made.secret ?? '';
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  const told = JSON.stringify([
    await listIdentities(owner, { application: 'shop' }),
    await exportDeclaration(owner, {}),
    await t.db.within({ tenantId }, (tx) => Promise.all([tx.auditEntry.findMany(), tx.applicationIdentity.findMany()])),
  ]);
  expect(told).toContain(made.id);
  expect(told).not.toContain(secret);
  const snapshot = await worker.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 1));
  const dataKey = openDataKey(t.settings.masterKey, snapshot?.sealedDataKey ?? '', tenantId);
  expect(open(dataKey, snapshot?.identities?.[0]?.sealed ?? '', IDENTITY_SECRET)).toBe(secret);
});

test('a declaration makes a shared secret once and tells it once', async () => {
  const { owner } = await t.tenant();
  const shop = { slug: 'shop', name: 'Shop', identities: [{ name: 'signer', kind: 'hmac' as const }] };
  const first = await applyDeclaration(owner, { parley: 1, applications: [shop] });
  expect(first.keys).toMatchObject([{ application: 'shop', name: 'signer', secret: expect.any(String) }]);
  expect(await applyDeclaration(owner, { parley: 1, applications: [shop] })).toMatchObject({ steps: [], keys: [] });
});

test('a client needs issuer and subject, and takes no scopes', async () => {
  const { tenantId, owner } = await t.tenant();
  await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const wrong = { issuer: { issuer: '' }, subject: { subject: '' }, scopes: { scopes: ['a'] } };
  for (const [path, change] of Object.entries(wrong)) {
    const attempt = addIdentity(owner, { application: 'shop', ...client(tenantId), ...change });
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path }] });
  }
});

test('a certificate is registered by itself or by a name of its issuer, and reaches gateways in a list of its own', async () => {
  const { tenantId, owner } = await t.tenant();
  const { id: applicationId } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  const { cert } = issueCertificate({ subject: [['CN', tenantId]] });
  const kind = 'certificate' as const;
  const pinned = await addIdentity(owner, {
    application: 'shop',
    name: 'pinned',
    kind,
    certificate: cert,
    scopes: ['a'],
  });
  expect(pinned).toMatchObject({
    kind,
    issuer: 'sha256',
    subject: expect.stringMatching(/^[0-9a-f]{64}$/),
    secret: null,
  });
  const named = { issuer: 'O=Acme, CN=Root', subject: `dns:${tenantId}.test` };
  await addIdentity(owner, { application: 'shop', name: 'named', kind, ...named });
  const snapshot = await worker.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 1));
  expect(snapshot?.identities).toEqual([]);
  expect(snapshot?.certificates).toEqual([
    { id: pinned.id, issuer: 'sha256', subject: pinned.subject, scopes: ['a'] },
    { id: expect.any(String), ...named, scopes: [] },
  ]);
  const twice = addIdentity(owner, { application: 'shop', name: 'again', kind, subject: pinned.subject.toUpperCase() });
  await expect(twice).rejects.toMatchObject({ code: 'conflict' });
  const bad = addIdentity(owner, { application: 'shop', name: 'bad', kind, certificate: 'x' });
  await expect(bad).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: 'certificate' }] });
  const exported = await exportDeclaration(owner, {});
  expect((await applyDeclaration(owner, exported)).steps).toEqual([]);
  const shop = exported.applications[0];
  const byPem = {
    slug: 'shop',
    name: 'Shop',
    identities: [{ name: 'pinned', kind, certificate: cert, scopes: ['a'] }],
  };
  expect((await applyDeclaration(owner, { parley: 1, applications: [{ ...shop, ...byPem }] })).steps).toEqual([]);
});
