import { must } from '@parley/kernel/assert';
import { type TestTenant, testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { createRole } from '../roles/create.ts';
import { deleteRole } from '../roles/delete.ts';
import { listRoles } from '../roles/list.ts';
import { updateRole } from '../roles/update.ts';
import { contextForUser } from '../sign-in/context-for-user.ts';
import { changeMemberRole } from './change-role.ts';
import { leaveMembers } from './leave.ts';
import { listMembers } from './list.ts';
import { removeMember } from './remove.ts';

const t = testContext();
afterAll(() => t.close());

async function membershipOf(tenant: TestTenant, who: Context): Promise<string> {
  const { items } = await listMembers(tenant.owner, {});
  return must(
    items.find((item) => item.userId === who.userId),
    'the member',
  ).id;
}

test('the last owner can be neither demoted nor removed nor leave, and two owners cannot demote each other at once', async () => {
  const tenant = await t.tenant();
  const mine = await membershipOf(tenant, tenant.owner);
  const last = { code: 'invalid_state' };
  await expect(changeMemberRole(tenant.owner, { membershipId: mine, role: 'admin' })).rejects.toMatchObject(last);
  await expect(removeMember(tenant.owner, { membershipId: mine })).rejects.toMatchObject(last);
  await expect(leaveMembers(tenant.owner, {})).rejects.toMatchObject(last);

  const second = await tenant.as('owner');
  const theirs = await membershipOf(tenant, second);
  const answers = await Promise.allSettled([
    changeMemberRole(tenant.owner, { membershipId: theirs, role: 'viewer' }),
    changeMemberRole(second, { membershipId: mine, role: 'viewer' }),
  ]);
  expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
  const roles = await t.db.within({ tenantId: tenant.tenantId }, (tx) =>
    tx.membership.count({ where: { tenantId: tenant.tenantId, role: { slug: 'owner' } } }),
  );
  expect(roles).toBe(1);
});

test('an admin cannot make, demote or remove an owner', async () => {
  const tenant = await t.tenant();
  const [admin, member] = [await tenant.as('admin'), await tenant.as('viewer')];
  await tenant.as('owner');
  const refused = { code: 'forbidden' };
  const owner = await membershipOf(tenant, tenant.owner);
  const viewer = await membershipOf(tenant, member);
  await expect(changeMemberRole(admin, { membershipId: viewer, role: 'owner' })).rejects.toMatchObject(refused);
  await expect(changeMemberRole(admin, { membershipId: owner, role: 'viewer' })).rejects.toMatchObject(refused);
  await expect(removeMember(admin, { membershipId: owner })).rejects.toMatchObject(refused);
  await changeMemberRole(admin, { membershipId: viewer, role: 'publisher' });
});

test('a changed role and a removal count from the next request', async () => {
  const tenant = await t.tenant();
  const member = await tenant.as('viewer');
  const userId = must(member.userId, 'a person');
  const membershipId = await membershipOf(tenant, member);
  await changeMemberRole(tenant.owner, { membershipId, role: 'developer' });
  const reopened = await contextForUser(t, { userId, tenantSlug: tenant.slug });
  expect(reopened.permissions.has('applications.write')).toBe(true);
  await removeMember(tenant.owner, { membershipId });
  await expect(contextForUser(t, { userId, tenantSlug: tenant.slug })).rejects.toMatchObject({ code: 'not_found' });
  await expect(removeMember(tenant.owner, { membershipId })).rejects.toMatchObject({ code: 'not_found' });
});

test('roles without members.write change nobody, and another tenant’s members do not exist', async () => {
  const tenant = await t.tenant();
  const other = await t.tenant();
  const membershipId = await membershipOf(tenant, await tenant.as('viewer'));
  for (const role of ['publisher', 'developer', 'viewer'] as const) {
    const member = await tenant.as(role);
    await expect(changeMemberRole(member, { membershipId, role: 'admin' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(removeMember(member, { membershipId })).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(removeMember(other.owner, { membershipId })).rejects.toMatchObject({ code: 'not_found' });
  await expect(changeMemberRole(other.owner, { membershipId, role: 'viewer' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('a custom role allows exactly what it lists, and nobody makes one beyond their own permissions', async () => {
  const tenant = await t.tenant();
  const role = await createRole(tenant.owner, { name: 'Auditor', permissions: ['audit.read', 'usage.read'] });
  const member = await tenant.as('viewer');
  const membershipId = await membershipOf(tenant, member);
  await changeMemberRole(tenant.owner, { membershipId, role: role.slug });
  const userId = must(member.userId, 'a person');
  const auditor = await contextForUser(t, { userId, tenantSlug: tenant.slug });
  expect([...auditor.permissions].sort()).toEqual(['audit.read', 'usage.read']);

  const limited = await tenant.as(['members.read', 'members.write']);
  await expect(createRole(limited, { name: 'More', permissions: ['keys.write'] })).rejects.toMatchObject({
    code: 'forbidden',
    issues: [{ path: 'permissions' }],
  });
  await expect(updateRole(limited, { roleId: role.id, permissions: ['members.read'] })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(createRole(tenant.owner, { name: 'Auditor', permissions: ['audit.read'] })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(createRole(tenant.owner, { name: 'Typo', permissions: ['audit.raed'] })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(deleteRole(tenant.owner, { roleId: role.id })).rejects.toMatchObject({ code: 'invalid_state' });
  await changeMemberRole(tenant.owner, { membershipId, role: 'viewer' });
  await deleteRole(tenant.owner, { roleId: role.id });
  const { items } = await listRoles(tenant.owner, {});
  expect(items.filter((item) => !item.builtIn).map((item) => item.name)).toEqual(['Custom']);
  const owner = must(items[0], 'a role');
  await expect(updateRole(tenant.owner, { roleId: owner.id, name: 'King' })).rejects.toMatchObject({
    code: 'invalid_state',
  });
});
