import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactMinor, fromMinor, spreadMinor, toMinor } from './minor-units.ts';

test('minor units follow the currency: none for yen, two for most, three for dinars', () => {
  expect(fromMinor(1, 'JPY')).toBe(1_000_000_000n);
  expect(fromMinor(1, 'usd')).toBe(10_000_000n);
  expect(fromMinor(1, 'KWD')).toBe(1_000_000n);
  expect(toMinor(15_000_000n, 'USD')).toBe(2);
  expect(toMinor(-15_000_000n, 'USD')).toBe(-2);
  expect(exactMinor(25_000_000_000n, 'USD')).toBe(2_500);
  expect(exactMinor(25_000_000_001n, 'USD')).toBeNull();
});

test('lines sum to the rounded total, and none is off by a whole unit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), { maxLength: 40 }),
      fc.constantFrom('USD', 'JPY', 'KWD'),
      (amounts, currency) => {
        const spread = spreadMinor(amounts, currency);
        const total = amounts.reduce((sum, amount) => sum + amount, 0n);
        expect(spread.reduce((sum, one) => sum + one, 0)).toBe(toMinor(total, currency));
        spread.forEach((minor, at) => {
          const off = fromMinor(minor, currency) - (amounts[at] ?? 0n);
          expect(off < fromMinor(1, currency) && off > -fromMinor(1, currency)).toBe(true);
        });
      },
    ),
  );
});
