import { BILLING_STANDINGS } from '@parley/contracts/ledger';
import { expect, test } from 'vitest';
import { moveTo } from '../lifecycle.ts';
import { dunningMoves } from './dunning.ts';
import { STANDING_LIFECYCLE } from './standing.ts';

const DAY = 86_400_000;
const moves = (standing: (typeof BILLING_STANDINGS)[number], days: number | null) =>
  dunningMoves({ standing, failingSinceMs: days === null ? null : 0, nowMs: (days ?? 0) * DAY });

test('a payment that fails opens the grace at once, restricts after a week and suspends after three', () => {
  expect(moves('good', 0)).toEqual(['warn']);
  expect(moves('grace', 6.99)).toEqual([]);
  expect(moves('grace', 7)).toEqual(['restrict']);
  expect(moves('restricted', 20)).toEqual([]);
  expect(moves('restricted', 21)).toEqual(['suspend']);
  expect(moves('good', 30)).toEqual(['warn', 'restrict', 'suspend']);
});

test('payment restores from everywhere, and a younger debt eases nothing', () => {
  for (const standing of BILLING_STANDINGS)
    expect(moves(standing, null)).toEqual(standing === 'good' ? [] : ['restore']);
  expect(moves('suspended', 3)).toEqual([]);
});

test('every path of moves is one that the standing allows', () => {
  for (const standing of BILLING_STANDINGS) {
    for (const days of [null, 0, 7, 21]) {
      let at: (typeof BILLING_STANDINGS)[number] | null = standing;
      for (const move of moves(standing, days)) at = at && moveTo(STANDING_LIFECYCLE, at, move);
      expect(at).not.toBeNull();
    }
  }
});
