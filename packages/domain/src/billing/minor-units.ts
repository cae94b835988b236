import { divideRounded, NANO_PER_UNIT, type Nano } from '@parley/kernel/money';

/**
 * Decimals of a currency's smallest unit as Stripe counts it (https://docs.stripe.com/currencies): two, but for these.
 * ISK and UGX have none any more and are still counted with two.
 */
const DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
      (code) => [code, 0],
    ),
  ),
  ...Object.fromEntries(['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((code) => [code, 3])),
};

const nanoPerMinor = (currency: string): bigint => NANO_PER_UNIT / 10n ** BigInt(DECIMALS[currency.toUpperCase()] ?? 2);

/** Nano-units that a whole number of minor units (cents) is. */
export function fromMinor(minor: number, currency: string): Nano {
  return BigInt(minor) * nanoPerMinor(currency);
}

/** The nearest whole number of minor units, half away from zero. */
export function toMinor(amountNano: Nano, currency: string): number {
  return Number(divideRounded(amountNano, nanoPerMinor(currency)));
}

/** Minor units of an amount that must be a whole number of them; `null` where it is not. */
export function exactMinor(amountNano: Nano, currency: string): number | null {
  const minor = toMinor(amountNano, currency);
  return fromMinor(minor, currency) === amountNano ? minor : null;
}

/**
 * Lines in minor units whose sum is the rounded total: each is rounded down, and what is missing goes to the largest
 * remainders, the first in order among equals.
 */
export function spreadMinor(amountsNano: readonly Nano[], currency: string): number[] {
  const size = nanoPerMinor(currency);
  const total = amountsNano.reduce((sum, amount) => sum + amount, 0n);
  const floors = amountsNano.map((amount) => (amount - (((amount % size) + size) % size)) / size);
  let missing = BigInt(toMinor(total, currency)) - floors.reduce((sum, floor) => sum + floor, 0n);
  const order = amountsNano
    .map((amount, at) => ({ at, rest: ((amount % size) + size) % size }))
    .sort((one, other) => (one.rest === other.rest ? one.at - other.at : one.rest < other.rest ? 1 : -1));
  const minors = floors.map(Number);
  for (const { at } of order) {
    if (missing <= 0n) break;
    minors[at] = (minors[at] ?? 0) + 1;
    missing -= 1n;
  }
  return minors;
}
