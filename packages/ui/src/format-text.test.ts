import { expect, test } from 'vitest';
import { countText, durationText, moneyText, relativeText, shareText } from './format-text.ts';

const plain = (text: string): string => text.replaceAll('\u2009', ' ');

test('durations keep three figures and change unit where a reader would', () => {
  expect([0, 0.42, 9.96, 340.4, 1250, 59_999, 125_000].map((ms) => plain(durationText(ms)))).toEqual([
    '0 ms',
    '0.4 ms',
    '10 ms',
    '340 ms',
    '1.25 s',
    '60 s',
    '2 min 5 s',
  ]);
});

test('counts are exact below ten thousand and shortened above', () => {
  expect([0, 842, 9210, 12_400, 1_000_000, 3_140_000_000].map((n) => plain(countText(n)))).toEqual([
    '0',
    '842',
    '9,210',
    '12.4 k',
    '1 M',
    '3.1 G',
  ]);
});

test('money never shows a small amount as zero', () => {
  expect(moneyText(0n, 'USD')).toBe('$0.00');
  expect(moneyText(12_300_000_000n, 'USD')).toBe('$12.30');
  expect(moneyText(4_200_000n, 'USD')).toBe('$0.0042');
  expect(moneyText(1n, 'USD')).toBe('$0.000000001');
  expect(moneyText(-2_500_000_000n, 'EUR')).toBe('-€2.50');
});

test('a calculation shows every digit, so that its lines add up', () => {
  expect(moneyText(21_000n, 'USD', true)).toBe('$0.000021');
  expect(moneyText(114_000n, 'USD', true)).toBe('$0.000114');
  expect(moneyText(135_000n, 'USD', true)).toBe('$0.000135');
  expect(moneyText(75_000_000n, 'USD', true)).toBe('$0.075');
  expect(moneyText(2_000_000_000n, 'USD', true)).toBe('$2.00');
});

test('times are told from now, in both directions', () => {
  const now = Date.UTC(2026, 0, 15);
  expect(relativeText(now - 20_000, now)).toBe('just now');
  expect(relativeText(now - 180_000, now)).toBe('3 minutes ago');
  expect(relativeText(now + 2 * 86_400_000, now)).toBe('in 2 days');
});

test('shares are written alike everywhere, and without a zero that says nothing', () => {
  expect([null, 0, 0.0025, 0.05, 0.1, 0.3571, 1].map((share) => plain(shareText(share)))).toEqual([
    '–',
    '0 %',
    '0.25 %',
    '5 %',
    '10 %',
    '36 %',
    '100 %',
  ]);
});
