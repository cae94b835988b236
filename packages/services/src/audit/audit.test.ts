import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { listMembers } from '../members/list.ts';
import { addTeamMember } from '../teams/add-member.ts';
import { createTeam } from '../teams/create.ts';
import { deleteTeam } from '../teams/delete.ts';
import { listTeams } from '../teams/list.ts';
import { removeTeamMember } from '../teams/remove-member.ts';
import { updateTenant } from '../tenants/update.ts';
import { auditChoices } from './choices.ts';
import { listAudit } from './list.ts';

const t = testContext();
afterAll(() => t.close());

test('the log pages backwards without gaps or repeats and filters by action, actor and words', async () => {
  const tenant = await t.tenant();
  const admin = await tenant.as('admin');
  for (const name of ['One', 'Two', 'Three', 'Four']) await createTeam(admin, { name });
  await updateTenant(tenant.owner, { description: 'We test' });

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(tenant.owner, { limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map((item) => `${item.action}:${item.subject.label}`));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual([
    'tenants.update:Test tenant',
    'teams.create:Four',
    'teams.create:Three',
    'teams.create:Two',
    'teams.create:One',
    'tenants.create:Test tenant',
  ]);

  const count = async (input: Parameters<typeof listAudit>[1]) => (await listAudit(tenant.owner, input)).items.length;
  expect(await count({ action: 'teams.create' })).toBe(4);
  expect(await count({ action: 'teams.' })).toBe(4);
  expect(await count({ actorId: admin.userId ?? '' })).toBe(4);
  expect(await count({ search: 'thr' })).toBe(1);
  expect(await count({ search: '%' })).toBe(0);
  expect(await count({ to: new Date(Date.now() - 3_600_000).toISOString() })).toBe(0);
  const choices = await auditChoices(tenant.owner, {});
  expect(choices.actions).toEqual(['teams.create', 'tenants.create', 'tenants.update']);
  expect(choices.actors).toHaveLength(2);
});

test('the log is for those who may read it, and each tenant has its own', async () => {
  const [tenant, other] = [await t.tenant(), await t.tenant()];
  for (const role of ['publisher', 'developer', 'viewer'] as const) {
    await expect(listAudit(await tenant.as(role), {})).rejects.toMatchObject({ code: 'forbidden' });
  }
  const { items } = await listAudit(other.owner, {});
  expect(items.map((item) => item.action)).toEqual(['tenants.create']);
  // Not even the tenant's own role may change what is written there.
  await expect(
    t.db.within({ tenantId: tenant.tenantId }, (tx) =>
      tx.auditEntry.deleteMany({ where: { tenantId: tenant.tenantId } }),
    ),
  ).rejects.toThrow(/permission denied/);
});

test('a team takes members of its own tenant, each once, and goes when it owns nothing', async () => {
  const tenant = await t.tenant();
  const stranger = await t.tenant();
  const team = await createTeam(tenant.owner, { name: 'Platform' });
  const mine = (await listMembers(tenant.owner, {})).items[0]?.id ?? '';
  const theirs = (await listMembers(stranger.owner, {})).items[0]?.id ?? '';
  await addTeamMember(tenant.owner, { teamId: team.id, membershipId: mine });
  await addTeamMember(tenant.owner, { teamId: team.id, membershipId: mine });
  const missing = { code: 'not_found' };
  await expect(addTeamMember(tenant.owner, { teamId: team.id, membershipId: theirs })).rejects.toMatchObject(missing);
  await expect(addTeamMember(stranger.owner, { teamId: team.id, membershipId: theirs })).rejects.toMatchObject(missing);
  const { items } = await listTeams(tenant.owner, {});
  expect(items).toMatchObject([{ name: 'Platform', slug: 'platform', members: [{ membershipId: mine }] }]);
  await removeTeamMember(tenant.owner, { teamId: team.id, membershipId: mine });
  await deleteTeam(tenant.owner, { teamId: team.id });
  expect((await listTeams(tenant.owner, {})).items).toEqual([]);
});
