import { expect, test } from 'vitest';
import { rankName } from './palette-rank.ts';

test('what begins with the typed letters comes before what contains them, and scattered letters find nothing', () => {
  expect(rankName('usa', 'Usage')).toBe(1);
  expect(rankName('usa', 'Catalogue', 'find subscribe apis')).toBe(0);
  expect(rankName('prov', 'Models & providers')).toBeGreaterThan(rankName('rovi', 'Models & providers'));
  expect(rankName('key', 'Applications', 'keys subscriptions')).toBeGreaterThan(0);
});

test('every typed word must be found', () => {
  expect(rankName('parts inv', 'Parts inventory')).toBe(1);
  expect(rankName('inv parts', 'Parts inventory')).toBe(0.8);
  expect(rankName('parts usage', 'Parts inventory')).toBe(0);
});
