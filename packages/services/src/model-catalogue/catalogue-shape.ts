import { CAPABILITIES } from '@parley/contracts/capabilities';
import { formatAmount } from '@parley/kernel/money';
import { catalogueAbout } from '@parley/llm/catalogue/look-up';
import {
  type CatalogueModel,
  type CataloguePrice,
  MODEL_KINDS,
  MODEL_STATUSES,
  type Offer,
} from '@parley/llm/catalogue/model';
import { nextPrice, regularPrice } from '@parley/llm/catalogue/price';
import { presetById } from '@parley/llm/providers/table';
import { z } from 'zod';
import { soldBy } from '../models/catalogue-prices.ts';
import { priceNotes, priceRateWords } from './price-notes.ts';

/** A catalogue price as forms are filled in with it: USD per million tokens, `perRequest` per call. */
const cataloguePriceShape = z.object({
  /** `null`: not sold by tokens. */
  input: z.string().nullable(),
  cachedInput: z.string().nullable(),
  output: z.string().nullable(),
  reasoning: z.string().nullable(),
  perRequest: z.string(),
  /** What else it counts. */
  rates: z.array(z.string()),
  /** What the provider also charges, or charges otherwise, and a model's price here does not count. */
  notes: z.array(z.string()),
});

export const catalogueModelShape = z.object({
  id: z.string(),
  maker: z.string(),
  makerName: z.string(),
  name: z.string(),
  kind: z.enum(MODEL_KINDS),
  status: z.enum(MODEL_STATUSES),
  /** Tokens; `null` where nobody states it. */
  contextTokens: z.number().nullable(),
  maxOutputTokens: z.number().nullable(),
  /** Stated capabilities; one in neither list is unknown. */
  can: z.array(z.enum(CAPABILITIES)),
  cannot: z.array(z.enum(CAPABILITIES)),
  releasedOn: z.string().nullable(),
  retiresOn: z.string().nullable(),
  offers: z.array(
    z.object({
      provider: z.string(),
      providerName: z.string(),
      /** The name to send. */
      name: z.string(),
      contextTokens: z.number().nullable(),
      price: cataloguePriceShape.nullable(),
      /** Day (UTC) of the next price that is known already. */
      nextPriceOn: z.string().nullable(),
    }),
  ),
});

const amount = (nano: number): string => formatAmount(BigInt(nano));
const orNull = (nano: number | undefined): string | null => (nano === undefined ? null : amount(nano));

/** A price in words of this API; `null` for one that has a rate neither for input nor for what the model is sold by. */
function priceOut(
  model: CatalogueModel,
  price: CataloguePrice | null,
  offer: Offer,
): z.input<typeof cataloguePriceShape> | null {
  if (!price) return null;
  const input = price.tokens.input;
  if (input === undefined && Object.keys(soldBy(model.kind, price.units ?? {})).length === 0) return null;
  return {
    input: orNull(input),
    cachedInput: orNull(price.tokens.cachedInput),
    output: orNull(price.tokens.output),
    reasoning: orNull(price.tokens.reasoning),
    perRequest: amount(price.units?.request ?? 0),
    rates: priceRateWords(model, price),
    notes: priceNotes(model, price, offer.prices),
  };
}

/** A model of the catalogue with its offers, or with those of one provider only. `nowMs` decides which prices hold. */
export function catalogueModelOut(
  model: CatalogueModel,
  provider: string | undefined,
  nowMs: number,
): z.input<typeof catalogueModelShape> {
  const known = (names: readonly string[]) => CAPABILITIES.filter((capability) => names.includes(capability));
  const { offers, sources: _, ...plain } = model;
  return {
    ...plain,
    makerName: catalogueAbout().makers.find(({ id }) => id === model.maker)?.name ?? model.maker,
    can: known(model.can),
    cannot: known(model.cannot),
    offers: offers
      .filter((offer) => provider === undefined || offer.provider === provider)
      .map((offer) => ({
        provider: offer.provider,
        providerName: presetById(offer.provider)?.name ?? offer.provider,
        name: offer.name,
        contextTokens: offer.contextTokens ?? null,
        price: priceOut(model, regularPrice(offer.prices, nowMs), offer),
        nextPriceOn: nextPrice(offer.prices, nowMs)?.from ?? null,
      })),
  };
}
