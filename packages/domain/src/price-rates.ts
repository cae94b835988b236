import type { PriceSnapshot } from '@parley/contracts/snapshot';
import type { Nano } from '@parley/kernel/money';

/** Nano-units per million tokens, by class. */
export interface TokenRates {
  readonly inputPerMillion: Nano;
  readonly cachedInputPerMillion: Nano;
  readonly outputPerMillion: Nano;
  readonly reasoningPerMillion: Nano;
  readonly cacheWritePerMillion: Nano;
  readonly cacheWrite1hPerMillion: Nano;
  readonly audioInputPerMillion: Nano;
  readonly cachedAudioInputPerMillion: Nano;
  readonly audioOutputPerMillion: Nano;
  readonly imageInputPerMillion: Nano;
  readonly cachedImageInputPerMillion: Nano;
  readonly imageOutputPerMillion: Nano;
}

/** Nano-units per unit; `null`: the price says nothing of that unit. */
export interface UnitRates {
  readonly perImage: Nano | null;
  /** Pictures of a size, a quality, or both; the first that fits holds, `perImage` for others. Empty: any. */
  readonly imageClasses: readonly { readonly size: string; readonly quality: string; readonly perImage: Nano }[];
  readonly perAudioHour: Nano | null;
  readonly perMillionCharacters: Nano | null;
  readonly perSearch: Nano | null;
  readonly perPage: Nano | null;
}

/** A price with its rates as integers, made once per price. */
export interface PriceRates extends TokenRates {
  readonly priceId: string;
  readonly currency: string;
  /** Nano-units per call. */
  readonly perRequest: Nano;
  /** What the provider's own batch API charges of all this, 1 to 100. No call goes there: batches are worked off by ordinary ones. */
  readonly batchPercent: number;
  /** Rates of a whole call whose input is longer than so many tokens, in rising order. */
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: TokenRates }[];
  readonly units: UnitRates;
  /** It has rates for units, and neither for tokens nor for calls: of what is not counted in units it says nothing. */
  readonly unitsOnly: boolean;
}

/** What a price can name of tokens; `TokenRates` as texts. */
type TokenTexts = Pick<
  PriceSnapshot,
  'inputPerMillion' | 'cachedInputPerMillion' | 'outputPerMillion' | 'reasoningPerMillion'
> &
  Partial<Record<keyof TokenRates, string | undefined>>;

function tokenRates(price: TokenTexts): TokenRates {
  const cacheWrite = price.cacheWritePerMillion ?? price.inputPerMillion;
  return {
    inputPerMillion: BigInt(price.inputPerMillion),
    cachedInputPerMillion: BigInt(price.cachedInputPerMillion),
    outputPerMillion: BigInt(price.outputPerMillion),
    reasoningPerMillion: BigInt(price.reasoningPerMillion),
    cacheWritePerMillion: BigInt(cacheWrite),
    cacheWrite1hPerMillion: BigInt(price.cacheWrite1hPerMillion ?? cacheWrite),
    audioInputPerMillion: BigInt(price.audioInputPerMillion ?? price.inputPerMillion),
    cachedAudioInputPerMillion: BigInt(
      price.cachedAudioInputPerMillion ?? price.audioInputPerMillion ?? price.cachedInputPerMillion,
    ),
    audioOutputPerMillion: BigInt(price.audioOutputPerMillion ?? price.outputPerMillion),
    imageInputPerMillion: BigInt(price.imageInputPerMillion ?? price.inputPerMillion),
    cachedImageInputPerMillion: BigInt(
      price.cachedImageInputPerMillion ?? price.imageInputPerMillion ?? price.cachedInputPerMillion,
    ),
    imageOutputPerMillion: BigInt(price.imageOutputPerMillion ?? price.outputPerMillion),
  };
}

function unitRates({ units = {} }: PriceSnapshot): UnitRates {
  const nano = (text: string | undefined): Nano | null => (text === undefined ? null : BigInt(text));
  return {
    perImage: nano(units.perImage),
    imageClasses: (units.imageClasses ?? []).map(({ size = '', quality = '', perImage }) => ({
      size,
      quality,
      perImage: BigInt(perImage),
    })),
    perAudioHour: nano(units.perAudioHour),
    perMillionCharacters: nano(units.perMillionCharacters),
    perSearch: nano(units.perSearch),
    perPage: nano(units.perPage),
  };
}

/** Reads the decimal strings of a price document. Throws a `SyntaxError` when one is not an integer. */
export function priceRates(price: PriceSnapshot): PriceRates {
  const own = tokenRates(price);
  const units = unitRates(price);
  const perRequest = BigInt(price.perRequest);
  const tiers = (price.tiers ?? [])
    .map(({ aboveInputTokens, ...rates }) => ({ aboveInputTokens, rates: tokenRates(rates) }))
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  const { imageClasses, ...single } = units;
  const sold = Object.values(single).some((rate) => rate !== null && rate > 0n);
  const free = [own, ...tiers.map(({ rates }) => rates)].every((of) => Object.values(of).every((rate) => rate === 0n));
  return {
    priceId: price.id,
    currency: price.currency,
    perRequest,
    ...own,
    batchPercent: price.batchPercent ?? 100,
    tiers,
    units,
    unitsOnly: sold && free && perRequest === 0n,
  };
}

/** The token rates of a call: those of the highest tier its input is above, for all of it. */
export function ratesAt(price: PriceRates, inputTokens: number): TokenRates {
  return price.tiers.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)?.rates ?? price;
}

/** What one picture of a class (`imageClassOf`) costs; `null` where the price has no rate for pictures. */
export function imageRate({ perImage, imageClasses }: UnitRates, imageClass: string): Nano | null {
  const [size = '', quality = ''] = imageClass.split('/');
  const found = imageClasses.find(
    (one) => (one.size === '' || one.size === size) && (one.quality === '' || one.quality === quality),
  );
  return found?.perImage ?? perImage;
}

/** Units with a rate, as prices name them. */
export type UnitRate = Exclude<keyof UnitRates, 'imageClasses'>;

/** Whether a price says what a call costs that is counted in these units (and in tokens). What no price covers is refused. */
export function covers(price: PriceRates, counted: readonly UnitRate[]): boolean {
  return !price.unitsOnly || counted.some((unit) => price.units[unit] !== null);
}
