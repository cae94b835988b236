import type { Model } from './model-sheet.tsx';

/** Amounts of a price as they are typed; empty takes its default. */
const AMOUNTS = [
  'input',
  'output',
  'cachedInput',
  'reasoning',
  'cacheWrite',
  'cacheWrite1h',
  'audioInput',
  'cachedAudioInput',
  'audioOutput',
  'imageInput',
  'cachedImageInput',
  'imageOutput',
  'perRequest',
  'perImage',
  'perAudioHour',
  'perMillionCharacters',
  'perSearch',
  'perPage',
] as const;
export type AmountField = (typeof AMOUNTS)[number];

export interface TierDraft {
  readonly aboveInputTokens: string;
  readonly input: string;
  readonly output: string;
  readonly cachedInput: string;
  /** Rates of its own that the form does not show: they stay. */
  readonly others: Readonly<Partial<Record<AmountField, string>>>;
}

export interface ImageClassDraft {
  readonly size: string;
  readonly quality: string;
  readonly perImage: string;
}

export interface PriceDraft extends Readonly<Record<AmountField, string>> {
  readonly currency: string;
  /** Not asked for; kept where the price before has one. */
  readonly batchPercent: string;
  readonly imageClasses: readonly ImageClassDraft[];
  readonly tiers: readonly TierDraft[];
}

export const noPrice = (currency: string): PriceDraft => ({
  ...(Object.fromEntries(AMOUNTS.map((field) => [field, ''])) as Record<AmountField, string>),
  currency,
  batchPercent: '',
  imageClasses: [],
  tiers: [],
});

type Price = NonNullable<Model['price']>;

/** What each rate is when it is not given, so that a new price follows where the old one did. */
const FOLLOWS: Readonly<Partial<Record<AmountField, AmountField>>> = {
  cachedInput: 'input',
  reasoning: 'output',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  audioInput: 'input',
  cachedAudioInput: 'audioInput',
  audioOutput: 'output',
  imageInput: 'input',
  cachedImageInput: 'imageInput',
  imageOutput: 'output',
};

function othersOf(tier: Price['tiers'][number]): TierDraft['others'] {
  const names = ['reasoning', 'cacheWrite', 'cacheWrite1h', 'audioInput', 'cachedAudioInput', 'audioOutput'] as const;
  const pictures = ['imageInput', 'cachedImageInput', 'imageOutput'] as const;
  const own = [...names, ...pictures].filter((name) => tier[name] !== tier[FOLLOWS[name] as (typeof names)[number]]);
  return Object.fromEntries(own.map((name) => [name, tier[name]]));
}

/** A draft that begins with another price: all of it, so that nothing is lost by changing one rate. */
export function draftOf(price: Price): PriceDraft {
  const given = AMOUNTS.map((field) => {
    const amount = price[field];
    const other = FOLLOWS[field];
    const isDefault = other === undefined ? field === 'perRequest' && amount === '0' : amount === price[other];
    return [field, amount === null || isDefault ? '' : amount] as const;
  });
  return {
    ...noPrice(price.currency),
    ...Object.fromEntries(given),
    batchPercent: price.batchPercent === 100 ? '' : String(price.batchPercent),
    imageClasses: price.imageClasses,
    tiers: price.tiers.map((tier) => ({
      aboveInputTokens: String(tier.aboveInputTokens),
      input: tier.input,
      output: tier.output,
      cachedInput: tier.cachedInput === tier.input ? '' : tier.cachedInput,
      others: othersOf(tier),
    })),
  };
}

/** Whether anything of a price was typed. */
export const isPriced = (draft: PriceDraft): boolean => AMOUNTS.some((field) => draft[field] !== '');

/** The draft as a verb takes it: what was left empty takes its default. */
export function priceOf(draft: PriceDraft) {
  const { currency, batchPercent, imageClasses, tiers } = draft;
  const amounts = AMOUNTS.flatMap((field) => (draft[field] === '' ? [] : [[field, draft[field]] as const]));
  return {
    currency,
    ...(Object.fromEntries(amounts) as Partial<Record<AmountField, string>>),
    ...(batchPercent ? { batchPercent: Number(batchPercent) } : {}),
    ...(imageClasses.length > 0
      ? {
          imageClasses: imageClasses.map(({ size, quality, perImage }) => ({
            ...(size ? { size } : {}),
            ...(quality ? { quality } : {}),
            perImage,
          })),
        }
      : {}),
    ...(tiers.length > 0
      ? {
          tiers: tiers.map(({ aboveInputTokens, input, output, cachedInput, others }) => ({
            ...others,
            aboveInputTokens: Number(aboveInputTokens.replaceAll(/[\s,_]/g, '')),
            input,
            output,
            ...(cachedInput ? { cachedInput } : {}),
          })),
        }
      : {}),
  };
}

/** The issue paths of the fields of a draft, under an optional prefix. */
export const priceFieldPaths = (prefix = ''): string[] => [
  ...[...AMOUNTS, 'currency', 'batchPercent'].map((field) => prefix + field),
  ...[0, 1, 2, 3].flatMap((place) =>
    ['aboveInputTokens', 'input', 'output', 'cachedInput'].map((field) => `${prefix}tiers.${place}.${field}`),
  ),
  ...Array.from({ length: 20 }, (_, place) => place).flatMap((place) =>
    ['size', 'quality', 'perImage'].map((field) => `${prefix}imageClasses.${place}.${field}`),
  ),
];

const UNITS: readonly (readonly [
  'perImage' | 'perAudioHour' | 'perMillionCharacters' | 'perSearch' | 'perPage',
  string,
])[] = [
  ['perImage', 'a picture'],
  ['perAudioHour', 'an hour of sound'],
  ['perMillionCharacters', 'a million characters'],
  ['perSearch', 'a search'],
  ['perPage', 'a page'],
];

/** What a model is sold by beside tokens. */
export function unitPrices(price: Price): readonly { readonly amount: string; readonly of: string }[] {
  return UNITS.flatMap(([field, of]) => {
    const amount = price[field];
    return amount === null ? [] : [{ amount, of }];
  });
}

/** Whether it is sold by units alone: rates of tokens then say nothing. */
export const byUnitOnly = (price: Price): boolean =>
  unitPrices(price).length > 0 && price.input === '0' && price.output === '0';
