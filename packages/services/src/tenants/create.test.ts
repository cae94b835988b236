import { BUILT_IN_ROLES } from '@parley/domain/permissions';
import { openDataKey } from '@parley/kernel/seal';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { contextForUser } from '../sign-in/context-for-user.ts';
import { createTenant } from './create.ts';

const t = testContext();
afterAll(() => t.close());

test('a new tenant has a data key that the master key opens, five roles, and its maker as owner', async () => {
  const { tenantId, owner } = await t.tenant();
  const rows = await t.db.within({ tenantId }, async (tx) => ({
    key: await tx.tenantKey.findFirstOrThrow({ where: { tenantId } }),
    roles: await tx.role.findMany({ where: { tenantId } }),
    audit: await tx.auditEntry.findMany({ where: { tenantId } }),
  }));
  expect(openDataKey(t.settings.masterKey, rows.key.sealed, tenantId).bytes).toHaveLength(32);
  expect(rows.roles.map((role) => role.slug).sort()).toEqual(Object.keys(BUILT_IN_ROLES).sort());
  expect(rows.audit.map((entry) => entry.action)).toEqual(['tenants.create']);
  expect(owner.permissions).toEqual(new Set(BUILT_IN_ROLES.owner.permissions));
});

test('a taken, reserved or malformed URL name is refused beside its field and nothing is made', async () => {
  const { slug } = await t.tenant();
  const { context, userId } = await t.person();
  await expect(createTenant(context, { name: 'Twin', slug })).rejects.toMatchObject({
    code: 'conflict',
    issues: [{ path: 'slug' }],
  });
  for (const bad of ['api', 'v1', 'catalogue', 'Not Lower', '-edge']) {
    await expect(createTenant(context, { name: 'Bad', slug: bad })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'slug' }],
    });
  }
  const mine = await t.db.within({ userId }, (tx) => tx.membership.count({ where: { userId } }));
  expect(mine).toBe(0);
});

test('a visitor cannot make a tenant', async () => {
  await expect(createTenant(t.visitor, { name: 'No', slug: 'no-one' })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('a member of one tenant cannot open another, which looks as if it did not exist', async () => {
  const [mine, theirs] = await Promise.all([t.tenant(), t.tenant()]);
  const userId = mine.owner.userId as string;
  const refused = { code: 'not_found' };
  await expect(contextForUser(t, { userId, tenantSlug: theirs.slug })).rejects.toMatchObject(refused);
  await expect(contextForUser(t, { userId, tenantSlug: 'never-made' })).rejects.toMatchObject(refused);
});

test('each role opens its tenant with the permissions of the table', async () => {
  const tenant = await t.tenant();
  for (const role of ['admin', 'publisher', 'developer', 'viewer'] as const) {
    const member = await tenant.as(role);
    expect(member.permissions).toEqual(new Set(BUILT_IN_ROLES[role].permissions));
  }
  const custom = await tenant.as(['apis.read', 'not.a.permission']);
  expect([...custom.permissions]).toEqual(['apis.read']);
});
