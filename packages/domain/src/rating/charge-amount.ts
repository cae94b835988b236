import type { Charge, Tier } from '@parley/contracts/plan-pricing';
import { divideRounded, type Nano } from '@parley/kernel/money';

const MILLION = 1_000_000n;

/**
 * What so many units cost, in nano-units: exact until the end, then rounded once, half away from zero. Of a markup the units
 * are nano-units of cost.
 */
export function chargeAmount(charge: Charge, billed: bigint): Nano {
  return divideRounded(millionths(charge, billed), MILLION);
}

/** The same in millionths of nano-units, nothing rounded. */
function millionths(charge: Charge, billed: bigint): bigint {
  if (billed <= 0n) return 0n;
  switch (charge.kind) {
    case 'perUnit':
      return billed * BigInt(charge.nanoPerMillion);
    case 'markup':
      return billed * BigInt(charge.ppm);
    case 'package': {
      const size = BigInt(charge.size);
      return ((billed + size - 1n) / size) * BigInt(charge.nano) * MILLION;
    }
    case 'graduated':
      return graduated(charge.tiers, billed);
    case 'volume':
      return volume(charge.tiers, billed);
  }
}

function graduated(tiers: readonly Tier[], billed: bigint): bigint {
  let sum = 0n;
  let below = 0n;
  for (const { upTo, nanoPerMillion, flatNano } of tiers) {
    if (billed <= below) break;
    const end = upTo === null || billed < BigInt(upTo) ? billed : BigInt(upTo);
    sum += (end - below) * BigInt(nanoPerMillion) + BigInt(flatNano) * MILLION;
    below = end;
  }
  return sum;
}

function volume(tiers: readonly Tier[], billed: bigint): bigint {
  const tier = tiers.find(({ upTo }) => upTo === null || billed <= BigInt(upTo));
  return tier ? billed * BigInt(tier.nanoPerMillion) + BigInt(tier.flatNano) * MILLION : 0n;
}
