import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divideRounded, formatAmount, parseAmount } from './money.ts';

test('amounts survive being written and read', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (nano) => {
      expect(parseAmount(formatAmount(nano))).toBe(nano);
    }),
  );
});

test('more than nine decimals, exponents and words are not amounts', () => {
  for (const text of ['1.0000000001', '1e3', '', '.5', '1.', 'NaN', '0x10', '1,5'])
    expect(parseAmount(text), text).toBeNull();
});

test('division rounds to the nearest, half away from zero', () => {
  expect([divideRounded(5n, 2n), divideRounded(-5n, 2n), divideRounded(4n, 3n), divideRounded(-4n, 3n)]).toEqual([
    3n,
    -3n,
    1n,
    -1n,
  ]);
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (n, d) => {
      const error = divideRounded(n, d) * d - n;
      expect((error < 0n ? -error : error) * 2n <= d).toBe(true);
    }),
  );
});
