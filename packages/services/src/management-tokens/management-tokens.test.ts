import { type TestContext, testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextForToken } from '../sign-in/context-for-token.ts';
import { createManagementToken } from './create.ts';
import { listManagementTokens } from './list.ts';
import { revokeManagementToken } from './revoke.ts';

let kit: TestContext;
beforeAll(async () => {
  kit = await testContext();
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
