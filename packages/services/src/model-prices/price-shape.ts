import type { TokenRatesSnapshot } from '@parley/contracts/snapshot';
import { priceRates, type TokenRates } from '@parley/domain/price-rates';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';
import { type PriceRow, priceSnapshot, TOKEN_FIELDS, type UNIT_FIELDS } from './price-row.ts';

const tokensShape = z.object({
  input: z.string(),
  cachedInput: z.string(),
  cacheWrite: z.string(),
  cacheWrite1h: z.string(),
  audioInput: z.string(),
  cachedAudioInput: z.string(),
  imageInput: z.string(),
  cachedImageInput: z.string(),
  output: z.string(),
  audioOutput: z.string(),
  imageOutput: z.string(),
  reasoning: z.string(),
});

/** Amounts are decimal strings of whole units per million tokens, or per what is said; `null`: not sold by that unit. */
export const priceShape = tokensShape.extend({
  id: z.uuid(),
  currency: z.string(),
  perRequest: z.string(),
  /** Of all this, in the provider's own batch API, which nothing uses yet. */
  batchPercent: z.number().int(),
  perImage: z.string().nullable(),
  imageClasses: z.array(z.object({ size: z.string(), quality: z.string(), perImage: z.string() })),
  perAudioHour: z.string().nullable(),
  perMillionCharacters: z.string().nullable(),
  perSearch: z.string().nullable(),
  perPage: z.string().nullable(),
  /** Of whole calls whose input is longer, in rising order. */
  tiers: z.array(tokensShape.extend({ aboveInputTokens: z.number().int() })),
  effectiveFrom: timeShape,
  createdAt: timeShape,
});

function tokensOut(rates: TokenRates): z.input<typeof tokensShape> {
  const amounts = Object.entries(TOKEN_FIELDS).map(([field, name]) => [field, formatAmount(rates[name])]);
  return tokensShape.parse(Object.fromEntries(amounts));
}

export function priceOut(row: PriceRow): z.input<typeof priceShape> {
  const rates = priceRates(priceSnapshot(row));
  const unit = (name: (typeof UNIT_FIELDS)[number]): string | null => {
    const rate = rates.units[name];
    return rate === null ? null : formatAmount(rate);
  };
  return {
    id: row.id,
    currency: row.currency,
    ...tokensOut(rates),
    perRequest: formatAmount(rates.perRequest),
    batchPercent: rates.batchPercent,
    perImage: unit('perImage'),
    imageClasses: rates.units.imageClasses.map((one) => ({ ...one, perImage: formatAmount(one.perImage) })),
    perAudioHour: unit('perAudioHour'),
    perMillionCharacters: unit('perMillionCharacters'),
    perSearch: unit('perSearch'),
    perPage: unit('perPage'),
    tiers: rates.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...tokensOut(tier.rates) })),
    effectiveFrom: iso(row.effectiveFrom),
    createdAt: iso(row.createdAt),
  };
}

/** A row as a declaration has it: what follows another rate is left out. */
export function priceDeclared(row: PriceRow) {
  const { id: _, effectiveFromMs: __, units = {}, tiers, ...texts } = priceSnapshot(row);
  const amount = (text: string): string => formatAmount(BigInt(text));
  const tokens = (of: TokenRatesSnapshot) => {
    const finer = Object.entries(TOKEN_FIELDS).flatMap(([field, name]) => {
      const text = of[name];
      return text === undefined ? [] : [[field, amount(text)] as const];
    });
    return { ...Object.fromEntries(finer), input: amount(of.inputPerMillion), output: amount(of.outputPerMillion) };
  };
  const { imageClasses, ...single } = units;
  const perUnit = Object.entries(single).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, amount(text)] as const],
  );
  return {
    currency: texts.currency,
    ...tokens(texts),
    perRequest: amount(texts.perRequest),
    ...(texts.batchPercent === undefined ? {} : { batchPercent: texts.batchPercent }),
    ...Object.fromEntries(perUnit),
    ...(imageClasses ? { imageClasses: imageClasses.map((one) => ({ ...one, perImage: amount(one.perImage) })) } : {}),
    ...(tiers ? { tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...tokens(tier) })) } : {}),
  };
}
