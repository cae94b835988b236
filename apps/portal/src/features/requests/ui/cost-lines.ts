import { divideRounded } from '@parley/kernel/money';
import type { RequestFacts } from './request-item.ts';

type Counts = Pick<
  RequestFacts,
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteInputTokens'
  | 'cacheWrite1hInputTokens'
  | 'audioInputTokens'
  | 'cachedAudioInputTokens'
  | 'audioOutputTokens'
  | 'imageInputTokens'
  | 'cachedImageInputTokens'
  | 'imageOutputTokens'
  | 'images'
  | 'imageClass'
  | 'audioMs'
  | 'characters'
  | 'searchUnits'
  | 'pages'
  | 'ratePercent'
  | 'outputTokens'
  | 'reasoningTokens'
>;
type Price = NonNullable<NonNullable<RequestFacts['inside']>['price']>;

export interface CostLine {
  readonly label: string;
  readonly count: number;
  /** What is counted; `seconds` may have fractions. */
  readonly unit: 'tokens' | 'pictures' | 'seconds' | 'characters' | 'searches' | 'pages';
  /** Nano-units per so many; `null` when the price is not this tenant's to see, or has no rate for it. */
  readonly rateNano: bigint | null;
  readonly per: 'million' | 'hour' | 'each';
  /** Nano-units, rounded; only the sum of a call is rounded when it is charged. */
  readonly amountNano: bigint | null;
}

const PER = { million: 1_000_000n, hour: 3_600_000n, each: 1n } as const;

/** What a call used, each class and unit once, with the rate it was charged at. What it did not use is left out. */
export function costLines(counts: Counts, price: Price | null): CostLine[] {
  const charged = (rate: string | null | undefined): bigint | null =>
    rate === undefined || rate === null ? null : divideRounded(BigInt(rate) * BigInt(counts.ratePercent), 100n);
  const line = (label: string, count: number, rate: string | undefined): CostLine => {
    const rateNano = charged(rate);
    const amountNano = rateNano === null ? null : divideRounded(BigInt(count) * rateNano, PER.million);
    return { label, count, unit: 'tokens', rateNano, per: 'million', amountNano };
  };
  /** `parts`: in what the rate's divisor counts, milliseconds of an hour. */
  const unit = (
    [label, parts, of]: readonly [string, number, CostLine['unit']],
    per: CostLine['per'],
    rate: string | null | undefined,
  ): CostLine => {
    const rateNano = charged(rate);
    const amountNano = rateNano === null ? null : divideRounded(BigInt(parts) * rateNano, PER[per]);
    return { label, count: of === 'seconds' ? parts / 1000 : parts, unit: of, rateNano, per, amountNano };
  };
  const audio = counts.audioInputTokens - counts.cachedAudioInputTokens;
  const image = counts.imageInputTokens - counts.cachedImageInputTokens;
  const plain = counts.inputTokens - counts.cachedInputTokens - counts.cacheWriteInputTokens - audio - image;
  const cached = counts.cachedInputTokens - counts.cachedAudioInputTokens - counts.cachedImageInputTokens;
  const written = counts.cacheWriteInputTokens - counts.cacheWrite1hInputTokens;
  const output = counts.outputTokens - counts.reasoningTokens - counts.audioOutputTokens - counts.imageOutputTokens;
  const pictures = counts.imageClass === '' ? 'Pictures' : `Pictures, ${classWords(counts.imageClass)}`;
  return [
    line('Input', plain, price?.inputPerMillionNano),
    line('Sound input', audio, price?.audioInputPerMillionNano),
    line('Picture input', image, price?.imageInputPerMillionNano),
    line('Input from cache', cached, price?.cachedInputPerMillionNano),
    line('Sound input from cache', counts.cachedAudioInputTokens, price?.cachedAudioInputPerMillionNano),
    line('Picture input from cache', counts.cachedImageInputTokens, price?.cachedImageInputPerMillionNano),
    line('Input into cache', written, price?.cacheWritePerMillionNano),
    line('Input into cache, 1 h', counts.cacheWrite1hInputTokens, price?.cacheWrite1hPerMillionNano),
    line('Output', output, price?.outputPerMillionNano),
    line('Sound output', counts.audioOutputTokens, price?.audioOutputPerMillionNano),
    line('Picture output', counts.imageOutputTokens, price?.imageOutputPerMillionNano),
    line('Reasoning', counts.reasoningTokens, price?.reasoningPerMillionNano),
    unit([pictures, counts.images, 'pictures'], 'each', price?.perImageNano),
    unit(['Sound listened to', counts.audioMs, 'seconds'], 'hour', price?.perAudioHourNano),
    unit(['Text spoken', counts.characters, 'characters'], 'million', price?.perMillionCharactersNano),
    unit(['Searches', counts.searchUnits, 'searches'], 'each', price?.perSearchNano),
    unit(['Pages read', counts.pages, 'pages'], 'each', price?.perPageNano),
  ].filter(({ count }) => count > 0);
}

/** `1024x1024/high` as people say it. */
function classWords(imageClass: string): string {
  return imageClass
    .split('/')
    .filter((word) => word !== '')
    .join(' ');
}
