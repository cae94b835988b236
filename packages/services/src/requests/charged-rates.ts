import { imageRate, priceRates, ratesAt } from '@parley/domain/price-rates';
import { z } from 'zod';
import { type PriceRow, priceSnapshot, TOKEN_FIELDS } from '../model-prices/price-row.ts';

const nano = z.string();

/** Rates the cost of a call was worked out with, in nano-units: tokens and characters per million, sound per hour. */
export const chargedShape = z.object({
  id: z.string(),
  currency: z.string(),
  /** Where the call was at the rates of a tier: its input was longer than this. */
  aboveInputTokens: z.number().int().nullable(),
  inputPerMillionNano: nano,
  cachedInputPerMillionNano: nano,
  outputPerMillionNano: nano,
  reasoningPerMillionNano: nano,
  cacheWritePerMillionNano: nano,
  cacheWrite1hPerMillionNano: nano,
  audioInputPerMillionNano: nano,
  cachedAudioInputPerMillionNano: nano,
  audioOutputPerMillionNano: nano,
  imageInputPerMillionNano: nano,
  cachedImageInputPerMillionNano: nano,
  imageOutputPerMillionNano: nano,
  perRequestNano: nano,
  /** `null`: not sold by that unit. A picture of the call’s size and quality. */
  perImageNano: nano.nullable(),
  perAudioHourNano: nano.nullable(),
  perMillionCharactersNano: nano.nullable(),
  perSearchNano: nano.nullable(),
  perPageNano: nano.nullable(),
});

/** A price as it was for one call: at its length of input, and for its pictures. */
export function chargedRates(
  row: PriceRow,
  call: { readonly inputTokens: number; readonly imageClass: string | null },
): z.output<typeof chargedShape> {
  const price = priceRates(priceSnapshot(row));
  const rates = ratesAt(price, call.inputTokens);
  const tier = price.tiers.find((one) => one.rates === rates);
  const text = (rate: bigint | null): string | null => rate?.toString() ?? null;
  const { units } = price;
  return chargedShape.parse({
    id: row.id,
    currency: row.currency,
    aboveInputTokens: tier?.aboveInputTokens ?? null,
    ...Object.fromEntries(Object.values(TOKEN_FIELDS).map((name) => [`${name}Nano`, text(rates[name])])),
    perRequestNano: text(price.perRequest),
    perImageNano: text(imageRate(units, call.imageClass ?? '')),
    perAudioHourNano: text(units.perAudioHour),
    perMillionCharactersNano: text(units.perMillionCharacters),
    perSearchNano: text(units.perSearch),
    perPageNano: text(units.perPage),
  });
}
