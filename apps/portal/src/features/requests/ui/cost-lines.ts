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
  | 'ratePercent'
  | 'outputTokens'
  | 'reasoningTokens'
>;
type Price = NonNullable<NonNullable<RequestFacts['inside']>['price']>;

export interface CostLine {
  readonly label: string;
  readonly tokens: number;
  /** Nano-units per million tokens; `null` when the price is not this tenant's to see. */
  readonly rateNano: bigint | null;
  /** Nano-units, rounded; only the sum of a call is rounded when it is charged. */
  readonly amountNano: bigint | null;
}

const MILLION = 1_000_000n;

/** The token classes of a call, each once, with the rate it was charged at. Classes without tokens are left out. */
export function costLines(counts: Counts, price: Price | null): CostLine[] {
  const line = (label: string, tokens: number, rate: string | undefined): CostLine => {
    const full = rate === undefined ? null : BigInt(rate);
    const rateNano = full === null ? null : divideRounded(full * BigInt(counts.ratePercent), 100n);
    return {
      label,
      tokens,
      rateNano,
      amountNano: rateNano === null ? null : divideRounded(BigInt(tokens) * rateNano, MILLION),
    };
  };
  const audio = counts.audioInputTokens - counts.cachedAudioInputTokens;
  const plain = counts.inputTokens - counts.cachedInputTokens - counts.cacheWriteInputTokens - audio;
  return [
    line('Input', plain, price?.inputPerMillionNano),
    line('Sound input', audio, price?.audioInputPerMillionNano),
    line(
      'Input from cache',
      counts.cachedInputTokens - counts.cachedAudioInputTokens,
      price?.cachedInputPerMillionNano,
    ),
    line('Sound input from cache', counts.cachedAudioInputTokens, price?.cachedAudioInputPerMillionNano),
    line(
      'Input into cache',
      counts.cacheWriteInputTokens - counts.cacheWrite1hInputTokens,
      price?.cacheWritePerMillionNano,
    ),
    line('Input into cache, 1 h', counts.cacheWrite1hInputTokens, price?.cacheWrite1hPerMillionNano),
    line(
      'Output',
      counts.outputTokens - counts.reasoningTokens - counts.audioOutputTokens,
      price?.outputPerMillionNano,
    ),
    line('Sound output', counts.audioOutputTokens, price?.audioOutputPerMillionNano),
    line('Reasoning', counts.reasoningTokens, price?.reasoningPerMillionNano),
  ].filter(({ tokens }) => tokens > 0);
}
