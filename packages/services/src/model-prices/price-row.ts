import {
  type PriceSnapshot,
  type TierSnapshot,
  type TokenRatesSnapshot,
  tierSchema,
  type UnitRatesSnapshot,
  unitRatesSchema,
} from '@parley/contracts/snapshot';
import { parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { type CompletePrice, completePrice } from './complete-price.ts';
import type { PriceInput, TierInput } from './price-input.ts';

export interface PriceRow {
  readonly id: string;
  readonly currency: string;
  readonly inputPerMillionNano: bigint;
  readonly cachedInputPerMillionNano: bigint;
  readonly outputPerMillionNano: bigint;
  readonly reasoningPerMillionNano: bigint;
  readonly perRequestNano: bigint;
  /** `null`: as input. */
  readonly cacheWritePerMillionNano: bigint | null;
  /** `null`: as for five minutes. */
  readonly cacheWrite1hPerMillionNano: bigint | null;
  /** `null`: as text; cached: as sound that is not. */
  readonly audioInputPerMillionNano: bigint | null;
  readonly cachedAudioInputPerMillionNano: bigint | null;
  readonly audioOutputPerMillionNano: bigint | null;
  /** Pictures, in the same way. */
  readonly imageInputPerMillionNano: bigint | null;
  readonly cachedImageInputPerMillionNano: bigint | null;
  readonly imageOutputPerMillionNano: bigint | null;
  /** `null`: 100. */
  readonly batchPercent: number | null;
  /** As snapshots have them. */
  readonly units?: unknown;
  readonly tiers?: unknown;
  readonly effectiveFrom: Date;
  readonly createdAt: Date;
}

const FINER = [
  'cacheWritePerMillion',
  'cacheWrite1hPerMillion',
  'audioInputPerMillion',
  'cachedAudioInputPerMillion',
  'audioOutputPerMillion',
  'imageInputPerMillion',
  'cachedImageInputPerMillion',
  'imageOutputPerMillion',
] as const;

/** A price as the gateway and the pricing rules read it. */
export function priceSnapshot(row: Omit<PriceRow, 'createdAt'>): PriceSnapshot {
  const finer = FINER.flatMap((name) => {
    const rate = row[`${name}Nano`];
    return rate === null ? [] : [[name, rate.toString()] as const];
  });
  return {
    id: row.id,
    currency: row.currency,
    effectiveFromMs: row.effectiveFrom.getTime(),
    inputPerMillion: row.inputPerMillionNano.toString(),
    cachedInputPerMillion: row.cachedInputPerMillionNano.toString(),
    outputPerMillion: row.outputPerMillionNano.toString(),
    reasoningPerMillion: row.reasoningPerMillionNano.toString(),
    perRequest: row.perRequestNano.toString(),
    ...Object.fromEntries(finer),
    ...(row.batchPercent === null ? {} : { batchPercent: row.batchPercent }),
    ...((row.units ?? null) === null ? {} : { units: unitRatesSchema.parse(row.units) }),
    ...((row.tiers ?? null) === null ? {} : { tiers: z.array(tierSchema).parse(row.tiers) }),
  };
}

function nano(text: string): bigint {
  const amount = parseAmount(text);
  if (amount === null) throw new Error('the shape of an amount was checked before');
  return amount;
}

/** Rates of tokens by the fields that people type them in. */
export const TOKEN_FIELDS = {
  input: 'inputPerMillion',
  cachedInput: 'cachedInputPerMillion',
  cacheWrite: 'cacheWritePerMillion',
  cacheWrite1h: 'cacheWrite1hPerMillion',
  audioInput: 'audioInputPerMillion',
  cachedAudioInput: 'cachedAudioInputPerMillion',
  imageInput: 'imageInputPerMillion',
  cachedImageInput: 'cachedImageInputPerMillion',
  output: 'outputPerMillion',
  audioOutput: 'audioOutputPerMillion',
  imageOutput: 'imageOutputPerMillion',
  reasoning: 'reasoningPerMillion',
} as const satisfies Record<string, keyof TokenRatesSnapshot>;

export const UNIT_FIELDS = ['perImage', 'perAudioHour', 'perMillionCharacters', 'perSearch', 'perPage'] as const;

function tierOf(tier: TierInput): TierSnapshot {
  const rates = Object.entries(TOKEN_FIELDS).flatMap(([field, name]) => {
    const text = tier[field as keyof typeof TOKEN_FIELDS];
    return text === undefined ? [] : [[name, nano(text).toString()] as const];
  });
  return tierSchema.parse({ aboveInputTokens: tier.aboveInputTokens, ...Object.fromEntries(rates) });
}

function unitsOf(price: CompletePrice): UnitRatesSnapshot | undefined {
  const rates = UNIT_FIELDS.flatMap((name) => {
    const text = price[name];
    return text === undefined ? [] : [[name, nano(text).toString()] as const];
  });
  if (rates.length === 0) return undefined;
  const imageClasses = price.imageClasses?.map((one) => ({ ...one, perImage: nano(one.perImage).toString() })) ?? [];
  return unitRatesSchema.parse({
    ...Object.fromEntries(rates),
    ...(imageClasses.length > 0 ? { imageClasses } : {}),
  });
}

/** Columns of a price in nano-units; what was left out takes the price of what contains it. */
export function priceColumns(given: PriceInput) {
  const price = completePrice(given);
  const orNull = (text: string | undefined): bigint | null => (text === undefined ? null : nano(text));
  const units = unitsOf(price);
  return {
    currency: price.currency,
    inputPerMillionNano: nano(price.input),
    cachedInputPerMillionNano: nano(price.cachedInput),
    outputPerMillionNano: nano(price.output),
    reasoningPerMillionNano: nano(price.reasoning),
    perRequestNano: nano(price.perRequest),
    cacheWritePerMillionNano: orNull(price.cacheWrite),
    cacheWrite1hPerMillionNano: orNull(price.cacheWrite1h),
    audioInputPerMillionNano: orNull(price.audioInput),
    cachedAudioInputPerMillionNano: orNull(price.cachedAudioInput),
    audioOutputPerMillionNano: orNull(price.audioOutput),
    imageInputPerMillionNano: orNull(price.imageInput),
    cachedImageInputPerMillionNano: orNull(price.cachedImageInput),
    imageOutputPerMillionNano: orNull(price.imageOutput),
    batchPercent: price.batchPercent ?? null,
    ...(units ? { units } : {}),
    ...(price.tiers ? { tiers: price.tiers.map(tierOf) } : {}),
  };
}
