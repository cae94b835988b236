import { wrongField } from '../conflict.ts';
import type { PriceInput, TierInput } from './price-input.ts';

/** Rates that a price may leave out for good: they follow others for as long as they are not set. */
const FINER = [
  'cacheWrite',
  'cacheWrite1h',
  'audioInput',
  'cachedAudioInput',
  'audioOutput',
  'imageInput',
  'cachedImageInput',
  'imageOutput',
] as const;
const UNITS = ['perImage', 'perAudioHour', 'perMillionCharacters', 'perSearch', 'perPage'] as const;

interface Told {
  readonly input: string;
  readonly output: string;
  readonly cachedInput: string;
  readonly reasoning: string;
}
type CompleteTier = TierInput & Told;
export type CompletePrice = Omit<PriceInput, keyof Told | 'tiers'> & Told & { readonly tiers?: CompleteTier[] };

/** A tier with what it left out: as the price has it where that is said there, else following the tier's own input and output. */
function completeTier(tier: TierInput, price: PriceInput): CompleteTier {
  const finer = FINER.flatMap((name) => {
    const amount = tier[name] ?? price[name];
    return amount === undefined ? [] : [[name, amount] as const];
  });
  return {
    ...tier,
    ...Object.fromEntries(finer),
    cachedInput: tier.cachedInput ?? price.cachedInput ?? tier.input,
    reasoning: tier.reasoning ?? price.reasoning ?? tier.output,
  };
}

/**
 * A price with what was left out of it: cached input and reasoning as what contains them, nothing per call, and tiers in rising
 * order. Only a price with a rate for a unit may leave input and output out.
 */
export function completePrice(price: PriceInput): CompletePrice {
  const { input = '0', output = '0', tiers, ...rest } = price;
  return {
    ...rest,
    input,
    output,
    cachedInput: price.cachedInput ?? input,
    reasoning: price.reasoning ?? output,
    ...(tiers && tiers.length > 0
      ? {
          tiers: [...tiers]
            .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
            .map((tier) => completeTier(tier, price)),
        }
      : {}),
  };
}

/** Throws a fault that names the field where a price would leave calls without a rate. `prefix` is where the price is. */
export function checkPrice(price: PriceInput, prefix = ''): void {
  const byUnit = UNITS.some((unit) => price[unit] !== undefined);
  for (const name of ['input', 'output'] as const) {
    if (price[name] === undefined && !byUnit) {
      throw wrongField(`${prefix}${name}`, 'An amount, or a rate for a unit it is sold by. Free is 0.');
    }
  }
  if (price.imageClasses && price.imageClasses.length > 0 && price.perImage === undefined) {
    throw wrongField(`${prefix}perImage`, 'What pictures of other sizes and qualities cost.');
  }
  price.imageClasses?.forEach(({ size, quality }, place) => {
    if (size === undefined && quality === undefined) {
      throw wrongField(`${prefix}imageClasses.${place}.size`, 'A size, a quality, or both.');
    }
  });
  const bounds = price.tiers?.map(({ aboveInputTokens }) => aboveInputTokens) ?? [];
  bounds.forEach((bound, place) => {
    if (bounds.indexOf(bound) < place) {
      throw wrongField(`${prefix}tiers.${place}.aboveInputTokens`, 'Another tier begins here.');
    }
  });
}
