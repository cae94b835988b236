import type { TierSnapshot, UnitRatesSnapshot } from '@parley/contracts/snapshot';
import type { CatalogueModel, CataloguePrice, ModelKind, Offer, TokenRates } from '@parley/llm/catalogue/model';
import { batchPercentOf, nextPrice, regularPrice } from '@parley/llm/catalogue/price';
import type { PriceRow } from '../model-prices/price-row.ts';

/** Kinds that write no tokens: no rate for output means that there is no output. */
const SILENT: readonly ModelKind[] = ['embedding', 'rerank', 'moderation'];

/** Columns of a model's price rows as the catalogue fills them in. */
type PriceColumns = Omit<PriceRow, 'id' | 'createdAt' | 'units' | 'tiers'> & {
  readonly units?: UnitRatesSnapshot;
  readonly tiers?: TierSnapshot[];
};

/**
 * The price that holds now and the next one that is known, as a tenant's own rows. None where the catalogue has neither rates
 * for input and output nor for the unit such models are sold by: they refuse calls until somebody sets a price, rather than
 * being free. Rates of hours, of tools and of video have no place in a tenant's price.
 */
export function cataloguePrices(model: CatalogueModel, offer: Offer | null, nowMs: number): PriceColumns[] {
  const prices = offer?.prices ?? [];
  const next = nextPrice(prices, nowMs);
  return [
    columns(model, regularPrice(prices, nowMs), new Date(nowMs)),
    next?.from && !next.hours ? columns(model, next, new Date(`${next.from}T00:00:00Z`)) : null,
  ]
    .filter((row) => row !== null)
    .map((row) => ({ ...row, batchPercent: batchPercentOf(offer?.provider ?? '') }));
}

/** What models of a kind are sold by beside tokens, where calls of theirs are counted so. */
export function soldBy(
  kind: ModelKind,
  { audioInputHour, audioHour, page }: NonNullable<CataloguePrice['units']>,
): UnitRatesSnapshot {
  // Of models that only listen, both hours are the same.
  const hour = audioInputHour ?? audioHour;
  if (kind === 'transcription' && hour !== undefined) return { perAudioHour: String(hour) };
  return kind === 'document' && page !== undefined ? { perPage: String(page) } : {};
}

/** Rates of one length of input, each as far as the source tells it. */
function tierOf(aboveInputTokens: number, tokens: TokenRates): TierSnapshot | null {
  const { input, output } = tokens;
  if (input === undefined || output === undefined) return null;
  const finer = {
    cacheWritePerMillion: tokens.cacheWrite5m,
    cacheWrite1hPerMillion: tokens.cacheWrite1h,
    audioInputPerMillion: tokens.audioInput,
    cachedAudioInputPerMillion: tokens.cachedAudioInput,
    audioOutputPerMillion: tokens.audioOutput,
    imageInputPerMillion: tokens.imageInput,
    cachedImageInputPerMillion: tokens.cachedImageInput,
    imageOutputPerMillion: tokens.imageOutput,
  };
  const told = Object.entries(finer).flatMap(([name, nano]) =>
    nano === undefined ? [] : [[name, String(nano)] as const],
  );
  return {
    aboveInputTokens,
    inputPerMillion: String(input),
    cachedInputPerMillion: String(tokens.cachedInput ?? input),
    outputPerMillion: String(output),
    reasoningPerMillion: String(tokens.reasoning ?? output),
    ...Object.fromEntries(told),
  };
}

type Rates = Omit<PriceColumns, 'batchPercent'>;

function columns(model: CatalogueModel, price: CataloguePrice | null, effectiveFrom: Date): Rates | null {
  if (price === null) return null;
  const units = soldBy(model.kind, price.units ?? {});
  const isSold = Object.keys(units).length > 0;
  const { tokens } = price;
  const input = tokens.input ?? (isSold ? 0 : undefined);
  const output = tokens.output ?? (isSold || SILENT.includes(model.kind) ? 0 : undefined);
  if (input === undefined || output === undefined) return null;
  const tiers = (price.tiers ?? []).flatMap((tier) => tierOf(tier.above, { ...tokens, ...tier.tokens }) ?? []);
  const nano = (amount: number | undefined): bigint | null => (amount === undefined ? null : BigInt(amount));
  return {
    currency: 'USD',
    inputPerMillionNano: BigInt(input),
    cachedInputPerMillionNano: BigInt(tokens.cachedInput ?? input),
    outputPerMillionNano: BigInt(output),
    reasoningPerMillionNano: BigInt(tokens.reasoning ?? output),
    perRequestNano: BigInt(price.units?.request ?? 0),
    cacheWritePerMillionNano: nano(tokens.cacheWrite5m),
    cacheWrite1hPerMillionNano: nano(tokens.cacheWrite1h),
    audioInputPerMillionNano: nano(tokens.audioInput),
    cachedAudioInputPerMillionNano: nano(tokens.cachedAudioInput),
    audioOutputPerMillionNano: nano(tokens.audioOutput),
    imageInputPerMillionNano: nano(tokens.imageInput),
    cachedImageInputPerMillionNano: nano(tokens.cachedImageInput),
    imageOutputPerMillionNano: nano(tokens.imageOutput),
    ...(isSold ? { units } : {}),
    ...(tiers.length > 0 ? { tiers } : {}),
    effectiveFrom,
  };
}
