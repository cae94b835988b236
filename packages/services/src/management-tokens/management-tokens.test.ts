import { type TestContext, testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from '../audit/list.ts';
import { changeMemberRole } from '../members/change-role.ts';
import { listMembers } from '../members/list.ts';
import { removeMember } from '../members/remove.ts';
import { contextForToken } from '../sign-in/context-for-token.ts';
import { createManagementToken } from './create.ts';
import { listManagementTokens } from './list.ts';
import { revokeManagementToken } from './revoke.ts';

let kit: TestContext;
beforeAll(() => {
  kit = testContext();
});
afterAll(() => kit.close());

test('a token acts for its tenant with its scopes, is never shown again, and ends when revoked', async () => {
  const { owner, tenantId } = await kit.tenant();
  const made = await createManagementToken(owner, { name: 'ci', scopes: ['apis.read', 'apis.write'] });
  const context = await contextForToken(kit, made.secret);
  expect(context.tenantId).toBe(tenantId);
  expect([...context.permissions].sort()).toEqual(['apis.read', 'apis.write']);
  const listed = await listManagementTokens(owner, {});
  expect(JSON.stringify(listed)).not.toContain(made.secret);
  expect(listed.items[0]?.lastUsedAt).not.toBeNull();
  await revokeManagementToken(owner, { token: made.id });
  await expect(contextForToken(kit, made.secret)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('nobody gives a token more than they may do, and a token makes no token', async () => {
  const tenant = await kit.tenant();
  const keeper = await tenant.as(['tokens.read', 'tokens.write']);
  await expect(createManagementToken(keeper, { name: 'x', scopes: ['apis.publish'] })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(createManagementToken(keeper, { name: 'x', scopes: ['root'] })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  const made = await createManagementToken(tenant.owner, { name: 'all', scopes: ['tokens.write', 'tokens.read'] });
  const context = await contextForToken(kit, made.secret);
  await expect(createManagementToken(context, { name: 'child', scopes: ['tokens.read'] })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('another tenant cannot revoke it, and an expired one is refused', async () => {
  const { owner } = await kit.tenant();
  const other = await kit.tenant();
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const made = await createManagementToken(owner, { name: 'short', scopes: ['apis.read'], expiresAt: soon });
  await expect(revokeManagementToken(other.owner, { token: made.id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(contextForToken(kit, made.secret, Date.parse(soon) + 1)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('a token never does more than its maker may do now, and nothing once they have left', async () => {
  const tenant = await kit.tenant();
  const admin = await tenant.as('admin');
  const { secret } = await createManagementToken(admin, { name: 'Mine', scopes: ['tokens.read', 'usage.read'] });
  const { items } = await listMembers(tenant.owner, {});
  const membershipId = items.find((item) => item.userId === admin.userId)?.id ?? '';
  await changeMemberRole(tenant.owner, { membershipId, role: 'viewer' });
  expect([...(await contextForToken(kit, secret)).permissions]).toEqual(['usage.read']);
  await removeMember(tenant.owner, { membershipId });
  await expect(contextForToken(kit, secret)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a mistyped token is refused, and roles without tokens.read see none', async () => {
  const tenant = await kit.tenant();
  const { secret } = await createManagementToken(tenant.owner, { name: 'ci', scopes: ['usage.read'] });
  const refused = { code: 'unauthenticated' };
  const typo = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`;
  await expect(contextForToken(kit, typo)).rejects.toMatchObject(refused);
  await expect(contextForToken(kit, '')).rejects.toMatchObject(refused);
  for (const role of ['publisher', 'developer', 'viewer'] as const) {
    await expect(listManagementTokens(await tenant.as(role), {})).rejects.toMatchObject({ code: 'forbidden' });
  }
  const audited = await listAudit(tenant.owner, { action: 'managementTokens.create' });
  expect(audited.items).toHaveLength(1);
  expect(JSON.stringify(audited)).not.toContain(secret);
});
