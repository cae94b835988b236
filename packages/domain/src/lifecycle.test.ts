import { SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import { expect, test } from 'vitest';
import { API_VERSION_LIFECYCLE, API_VERSION_STATES } from './api-version-lifecycle.ts';
import { movesFrom, moveTo } from './lifecycle.ts';
import { ALL_PERMISSIONS, BUILT_IN_ROLES, permissionsOf } from './permissions.ts';
import { SUBSCRIPTION_LIFECYCLE } from './subscription-lifecycle.ts';

test('every state has its row, and every move leads to a state', () => {
  expect(Object.keys(SUBSCRIPTION_LIFECYCLE).sort()).toEqual([...SUBSCRIPTION_STATES].sort());
  expect(Object.keys(API_VERSION_LIFECYCLE).sort()).toEqual([...API_VERSION_STATES].sort());
  for (const state of SUBSCRIPTION_STATES) {
    for (const move of movesFrom(SUBSCRIPTION_LIFECYCLE, state)) {
      expect(SUBSCRIPTION_STATES).toContain(moveTo(SUBSCRIPTION_LIFECYCLE, state, move));
    }
  }
});

test('nothing leaves an ended subscription or a retired version', () => {
  for (const state of ['refused', 'revoked', 'expired', 'cancelled'] as const)
    expect(movesFrom(SUBSCRIPTION_LIFECYCLE, state)).toEqual([]);
  expect(movesFrom(API_VERSION_LIFECYCLE, 'retired')).toEqual([]);
  expect(moveTo(SUBSCRIPTION_LIFECYCLE, 'refused', 'approve')).toBeNull();
});

test('roles: the owner may do everything, a viewer changes nothing, unknown stored permissions are dropped', () => {
  expect([...permissionsOf({ slug: 'owner', builtIn: true, permissions: [] })].sort()).toEqual(
    [...ALL_PERMISSIONS].sort(),
  );
  expect(BUILT_IN_ROLES.viewer.permissions.every((permission) => permission.endsWith('.read'))).toBe(true);
  expect([...permissionsOf({ slug: 'x', builtIn: false, permissions: ['usage.read', 'root'] })]).toEqual([
    'usage.read',
  ]);
  expect(permissionsOf({ slug: 'owner', builtIn: false, permissions: [] }).size).toBe(0);
});
