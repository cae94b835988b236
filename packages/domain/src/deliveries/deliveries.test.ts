import { DELIVERY_STATES } from '@parley/contracts/deliveries';
import { describe, expect, test } from 'vitest';
import { movesFrom } from '../lifecycle.ts';
import { DELIVERY_LIFECYCLE } from './lifecycle.ts';
import { isDelivered, nextTryMs, retryAfterMs } from './next-try.ts';

const rules = { retryAfterSeconds: [5, 300, 1800], timeoutSeconds: 15, concurrency: 10 };
const end = (retryAfter: number | null = null) => ({ status: 503, retryAfterMs: retryAfter });

describe('the next try', () => {
  test('comes after the pauses of the policy, at most a fifth later', () => {
    for (const [tries, seconds] of [
      [1, 5],
      [2, 300],
      [3, 1800],
    ] as const) {
      expect(nextTryMs(rules, tries, end(), 0)).toBe(seconds * 1000);
      expect(nextTryMs(rules, tries, end(), 0.999)).toBeLessThanOrEqual(seconds * 1200);
    }
  });

  test('does not come after the last pause', () => {
    expect(nextTryMs(rules, 4, end())).toBeNull();
    expect(nextTryMs({ ...rules, retryAfterSeconds: [] }, 1, end())).toBeNull();
  });

  test('waits for as long as the destination asks, but no shorter than the policy and no longer than a day', () => {
    expect(nextTryMs(rules, 1, end(60_000), 0)).toBe(60_000);
    expect(nextTryMs(rules, 2, end(60_000), 0)).toBe(300_000);
    expect(nextTryMs(rules, 1, end(10 * 86_400_000), 0)).toBeLessThanOrEqual(86_401_000);
  });
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Fri, 01 Jan 2027 00:00:30 GMT', 30_000],
  ['Thu, 31 Dec 2026 00:00:00 GMT', 0],
  ['soon', null],
  ['99999999999', null],
  [undefined, null],
])('Retry-After %s is read as %s', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2027, 0, 1))).toBe(expected);
});

test.each([
  [200, true],
  [204, true],
  [299, true],
  [199, false],
  [301, false],
  [410, false],
  [500, false],
  [null, false],
])('status %s counts as delivered: %s', (status, expected) => {
  expect(isDelivered(status)).toBe(expected);
});

test('what has ended can only be replayed; what has not can be cancelled', () => {
  for (const state of DELIVERY_STATES) {
    const moves = movesFrom(DELIVERY_LIFECYCLE, state);
    expect(moves.includes('replay'), state).toBe(['delivered', 'failed', 'cancelled'].includes(state));
    expect(moves.includes('cancel'), state).toBe(['waiting', 'sending'].includes(state));
  }
});
