import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { callStore } from '../requests/calls.suite.ts';
import { STANDING_CHECKS } from './checks.ts';
import { listStandingChecks } from './list.ts';

const t = testContext();
const calls = callStore();
afterAll(() => Promise.all([t.close(), calls.close()]));

test('tells every check in its order, and of findings only the tenant’s own', async () => {
  const { tenantId, owner } = await t.tenant();
  const other = await t.tenant();
  const at = new Date();
  const finding = (tenant: string, more: object = {}) => ({
    tenantId: tenant,
    id: newId(),
    checkName: 'events-rollups',
    subject: `hour ${newId()}`,
    detail: '4 calls are stored; 5 were added up.',
    foundAt: at,
    seenAt: at,
    ...more,
  });
  await calls.db.within({}, async (tx) => {
    await tx.standingCheckFinding.createMany({ data: [finding(tenantId), finding(tenantId, { resolvedAt: at })] });
  });
  const { checks } = await listStandingChecks(owner, {});
  expect(checks.map(({ name }) => name)).toEqual(STANDING_CHECKS.map(({ name }) => name));
  const sums = checks.find(({ name }) => name === 'events-rollups');
  expect(sums).toMatchObject({
    state: 'broken',
    found: 1,
    findings: [{ detail: '4 calls are stored; 5 were added up.', foundAt: at.toISOString() }],
  });
  const theirs = await listStandingChecks(other.owner, {});
  expect(theirs.checks.find(({ name }) => name === 'events-rollups')).toMatchObject({ found: 0, findings: [] });
});
