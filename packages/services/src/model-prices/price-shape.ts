import type { PriceSnapshot } from '@parley/contracts/snapshot';
import { formatAmount, parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

/** Decimal amount of whole units of the currency, as people type it: `"2.50"`. */
const amountInput = z
  .string()
  .trim()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'A plain amount like 2.50, at most nine decimals.');

/** A price as it is typed: whole units of the currency per million tokens; `perRequest` per call. */
export const priceInput = z.object({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Three capital letters, like USD.')
    .default('USD'),
  input: amountInput,
  /** Input tokens the provider had cached; the price of input when not given. */
  cachedInput: amountInput.optional(),
  /** Input tokens written into the provider's prompt cache; the price of input when not given. */
  cacheWrite: amountInput.optional(),
  /** The same for an hour; the price of five minutes when not given. */
  cacheWrite1h: amountInput.optional(),
  /** Sound in input; the price of input when not given. The provider's cached sound: that of sound. */
  audioInput: amountInput.optional(),
  cachedAudioInput: amountInput.optional(),
  output: amountInput,
  /** Sound in output; the price of output when not given. */
  audioOutput: amountInput.optional(),
  /** Reasoning tokens; the price of output when not given. */
  reasoning: amountInput.optional(),
  perRequest: amountInput.default('0'),
  batchPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'What a provider charges in its own batch API, in percent of all this. Only kept: the gateway works batches off by ordinary calls, which cost 100.',
    ),
});

/** Amounts are decimal strings of whole units per million tokens; `perRequest` of whole units per call. */
export const priceShape = z.object({
  id: z.uuid(),
  currency: z.string(),
  input: z.string(),
  cachedInput: z.string(),
  cacheWrite: z.string(),
  cacheWrite1h: z.string(),
  audioInput: z.string(),
  cachedAudioInput: z.string(),
  output: z.string(),
  audioOutput: z.string(),
  reasoning: z.string(),
  perRequest: z.string(),
  /** Of all this, in the provider's own batch API, which nothing uses yet. */
  batchPercent: z.number().int(),
  effectiveFrom: timeShape,
  createdAt: timeShape,
});

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
  /** `null`: 100. */
  readonly batchPercent: number | null;
  readonly effectiveFrom: Date;
  readonly createdAt: Date;
}

export function priceOut(row: PriceRow): z.input<typeof priceShape> {
  const cacheWrite = row.cacheWritePerMillionNano ?? row.inputPerMillionNano;
  return {
    id: row.id,
    currency: row.currency,
    input: formatAmount(row.inputPerMillionNano),
    cachedInput: formatAmount(row.cachedInputPerMillionNano),
    cacheWrite: formatAmount(cacheWrite),
    cacheWrite1h: formatAmount(row.cacheWrite1hPerMillionNano ?? cacheWrite),
    audioInput: formatAmount(row.audioInputPerMillionNano ?? row.inputPerMillionNano),
    cachedAudioInput: formatAmount(
      row.cachedAudioInputPerMillionNano ?? row.audioInputPerMillionNano ?? row.cachedInputPerMillionNano,
    ),
    audioOutput: formatAmount(row.audioOutputPerMillionNano ?? row.outputPerMillionNano),
    batchPercent: row.batchPercent ?? 100,
    output: formatAmount(row.outputPerMillionNano),
    reasoning: formatAmount(row.reasoningPerMillionNano),
    perRequest: formatAmount(row.perRequestNano),
    effectiveFrom: iso(row.effectiveFrom),
    createdAt: iso(row.createdAt),
  };
}

/** A price as the gateway and the pricing rules read it. */
export function priceSnapshot(row: Omit<PriceRow, 'createdAt'>): PriceSnapshot {
  return {
    id: row.id,
    currency: row.currency,
    effectiveFromMs: row.effectiveFrom.getTime(),
    inputPerMillion: row.inputPerMillionNano.toString(),
    cachedInputPerMillion: row.cachedInputPerMillionNano.toString(),
    outputPerMillion: row.outputPerMillionNano.toString(),
    reasoningPerMillion: row.reasoningPerMillionNano.toString(),
    perRequest: row.perRequestNano.toString(),
    ...(row.cacheWritePerMillionNano === null ? {} : { cacheWritePerMillion: row.cacheWritePerMillionNano.toString() }),
    ...(row.cacheWrite1hPerMillionNano === null
      ? {}
      : { cacheWrite1hPerMillion: row.cacheWrite1hPerMillionNano.toString() }),
    ...(row.audioInputPerMillionNano === null ? {} : { audioInputPerMillion: row.audioInputPerMillionNano.toString() }),
    ...(row.cachedAudioInputPerMillionNano === null
      ? {}
      : { cachedAudioInputPerMillion: row.cachedAudioInputPerMillionNano.toString() }),
    ...(row.audioOutputPerMillionNano === null
      ? {}
      : { audioOutputPerMillion: row.audioOutputPerMillionNano.toString() }),
    ...(row.batchPercent === null ? {} : { batchPercent: row.batchPercent }),
  };
}

/** Columns of a price in nano-units; what was left out takes the price of what contains it. */
export function priceColumns(price: z.output<typeof priceInput>) {
  const nano = (text: string): bigint => {
    const amount = parseAmount(text);
    if (amount === null) throw new Error('the shape of an amount was checked before');
    return amount;
  };
  return {
    currency: price.currency,
    inputPerMillionNano: nano(price.input),
    cachedInputPerMillionNano: nano(price.cachedInput ?? price.input),
    outputPerMillionNano: nano(price.output),
    reasoningPerMillionNano: nano(price.reasoning ?? price.output),
    perRequestNano: nano(price.perRequest),
    cacheWritePerMillionNano: price.cacheWrite === undefined ? null : nano(price.cacheWrite),
    cacheWrite1hPerMillionNano: price.cacheWrite1h === undefined ? null : nano(price.cacheWrite1h),
    audioInputPerMillionNano: price.audioInput === undefined ? null : nano(price.audioInput),
    cachedAudioInputPerMillionNano: price.cachedAudioInput === undefined ? null : nano(price.cachedAudioInput),
    audioOutputPerMillionNano: price.audioOutput === undefined ? null : nano(price.audioOutput),
    batchPercent: price.batchPercent ?? null,
  };
}
