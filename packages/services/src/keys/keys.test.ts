import { newId } from '@parley/kernel/id';
import { hashSecretToken, isSecretToken } from '@parley/kernel/secret-token';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { createKey } from './create.ts';
import { keyImpact } from './impact.ts';
import { listKeys } from './list.ts';
import { revokeKey } from './revoke.ts';
import { rotateKey } from './rotate.ts';
import { updateKey } from './update.ts';

const t = testContext();
afterAll(() => t.close());

async function keyed() {
  const tenant = await t.tenant();
  const application = await createApplication(tenant.owner, { slug: 'shop', name: 'Shop' });
  const key = await createKey(tenant.owner, { application: 'shop', name: 'server' });
  return { ...tenant, application, key };
}

const secretRows = (tenantId: string) =>
  t.db.within({ tenantId }, (tx) => tx.apiKeySecret.findMany({ where: { tenantId }, orderBy: { id: 'asc' } }));

test('a new key’s secret is in the answer only: stored as a keyed hash, never in lists, the audit log or the outbox', async () => {
  const { tenantId, owner, key } = await keyed();
  expect(isSecretToken('pk_live', key.secret)).toBe(true);
  const rotated = await rotateKey(owner, { id: key.id, graceSeconds: 60 });
  expect((await secretRows(tenantId)).map((row) => row.hash)).toEqual([
    hashSecretToken(key.secret, t.settings.keyPepper),
    hashSecretToken(rotated.secret, t.settings.keyPepper),
  ]);
  const everything = await t.db.within({ tenantId }, async (tx) => [
    await tx.apiKey.findMany(),
    await tx.apiKeySecret.findMany(),
    await tx.auditEntry.findMany(),
    (await tx.outboxEntry.findMany()).map((row) => row.payload),
    await tx.idempotencyKey.findMany(),
    await listKeys(owner, { application: 'shop' }),
  ]);
  const text = JSON.stringify(everything);
  expect(text).toContain(key.secrets[0]?.masked);
  for (const secret of [key.secret, rotated.secret]) expect(text).not.toContain(secret.slice('pk_live_'.length, -4));
});

test('rotation accepts older secrets until the grace ends, never longer than before, and none with no grace', async () => {
  const { tenantId, owner, key } = await keyed();
  const before = Date.now();
  const second = await rotateKey(owner, { id: key.id, graceSeconds: 3600 });
  expect(second.secret).not.toBe(key.secret);
  expect(second.secrets.map((secret) => secret.state)).toEqual(['current', 'grace']);
  const end = Date.parse(second.secrets[1]?.expiresAt ?? '');
  expect(end).toBeGreaterThanOrEqual(before + 3_600_000);
  expect(end).toBeLessThanOrEqual(Date.now() + 3_600_000);

  const third = await rotateKey(owner, { id: key.id, graceSeconds: 86_400 });
  expect(third.secrets.map((secret) => secret.state)).toEqual(['current', 'grace', 'grace']);
  expect(Date.parse(third.secrets[2]?.expiresAt ?? '')).toBe(end);

  const fourth = await rotateKey(owner, { id: key.id, graceSeconds: 0 });
  expect(fourth.secrets.map((secret) => secret.state)).toEqual(['current', 'ended', 'ended', 'ended']);
  const rows = await secretRows(tenantId);
  expect(rows.map((row) => row.revokedAt !== null)).toEqual([true, true, true, false]);
  await expect(rotateKey(owner, { id: key.id, graceSeconds: 31 * 86_400 })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'graceSeconds' }],
  });
});

test('a rotation sent twice at once makes one secret', async () => {
  const { tenantId, owner, key } = await keyed();
  const request = { id: key.id, graceSeconds: 60, requestId: newId() };
  const answers = await Promise.allSettled([rotateKey(owner, request), rotateKey(owner, request)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find((answer) => answer.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  expect(await secretRows(tenantId)).toHaveLength(2);
});

test('revoking is for good: no second time, no rotation, no change, and the gateway is told each time', async () => {
  const { tenantId, owner, application, key } = await keyed();
  const revoked = await revokeKey(owner, { id: key.id });
  expect(revoked).toMatchObject({ state: 'revoked', secrets: [{ state: 'ended' }] });
  for (const attempt of [
    () => revokeKey(owner, { id: key.id }),
    () => rotateKey(owner, { id: key.id, graceSeconds: 0 }),
    () => updateKey(owner, { id: key.id, name: 'other' }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'invalid_state' });
  }
  const { outbox, audit } = await t.db.within({ tenantId }, async (tx) => ({
    outbox: await tx.outboxEntry.findMany({ where: { topic: 'snapshot.application' } }),
    audit: await tx.auditEntry.findMany({ where: { subjectId: key.id }, orderBy: { id: 'asc' } }),
  }));
  expect(outbox.map((row) => row.payload)).toEqual(
    Array.from({ length: 3 }, () => ({ tenantId, applicationId: application.id })),
  );
  expect(audit.map((entry) => entry.action)).toEqual(['keys.create', 'keys.revoke']);
});

test('a key is renamed, given an end and freed of it; the past and a taken name are refused beside their fields', async () => {
  const { owner, key } = await keyed();
  const end = new Date(Date.now() + 86_400_000).toISOString();
  expect(await updateKey(owner, { id: key.id, name: 'batch', expiresAt: end })).toMatchObject({
    name: 'batch',
    expiresAt: end,
    state: 'active',
  });
  expect((await updateKey(owner, { id: key.id, expiresAt: null })).expiresAt).toBe(null);
  const past = new Date(Date.now() - 1000).toISOString();
  await expect(updateKey(owner, { id: key.id, expiresAt: past })).rejects.toMatchObject({
    issues: [{ path: 'expiresAt' }],
  });
  await expect(createKey(owner, { application: 'shop', name: 'late', expiresAt: past })).rejects.toMatchObject({
    issues: [{ path: 'expiresAt' }],
  });
  await expect(createKey(owner, { application: 'shop', name: 'batch' })).rejects.toMatchObject({
    code: 'conflict',
    issues: [{ path: 'name' }],
  });
});

test('an expired key is shown as such and is not rotated into life', async () => {
  const { tenantId, owner, key } = await keyed();
  await t.db.within({ tenantId }, (tx) =>
    tx.apiKey.updateMany({ where: { id: key.id }, data: { expiresAt: new Date(Date.now() - 1000) } }),
  );
  expect((await listKeys(owner, { application: 'shop' })).items).toMatchObject([{ state: 'expired' }]);
  await expect(rotateKey(owner, { id: key.id, graceSeconds: 0 })).rejects.toMatchObject({ code: 'invalid_state' });
});

test('keys of another tenant do not exist, and a viewer changes none', async () => {
  const { as, key } = await keyed();
  const { owner: stranger } = await t.tenant();
  for (const attempt of [
    () => rotateKey(stranger, { id: key.id, graceSeconds: 0 }),
    () => revokeKey(stranger, { id: key.id }),
    () => updateKey(stranger, { id: key.id, name: 'mine' }),
    () => keyImpact(stranger, { id: key.id }),
    () => listKeys(stranger, { application: 'shop' }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  }
  const viewer = await as('viewer');
  await expect(revokeKey(viewer, { id: key.id })).rejects.toMatchObject({ code: 'forbidden' });
  expect((await listKeys(viewer, { application: 'shop' })).items).toHaveLength(1);
});
