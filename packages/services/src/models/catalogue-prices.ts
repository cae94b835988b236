import type { CatalogueModel, CataloguePrice, ModelKind, Offer } from '@parley/llm/catalogue/model';
import { batchPercentOf, nextPrice, regularPrice } from '@parley/llm/catalogue/price';

/** Kinds that write no tokens: no rate for output means that there is no output. */
const SILENT: readonly ModelKind[] = ['embedding', 'rerank', 'moderation'];

/** Columns of a model's price rows as the catalogue fills them in. */
interface PriceColumns {
  readonly currency: 'USD';
  readonly inputPerMillionNano: bigint;
  readonly cachedInputPerMillionNano: bigint;
  readonly outputPerMillionNano: bigint;
  readonly reasoningPerMillionNano: bigint;
  readonly perRequestNano: bigint;
  readonly cacheWritePerMillionNano: bigint | null;
  readonly cacheWrite1hPerMillionNano: bigint | null;
  readonly audioInputPerMillionNano: bigint | null;
  readonly cachedAudioInputPerMillionNano: bigint | null;
  readonly audioOutputPerMillionNano: bigint | null;
  readonly batchPercent: number | null;
  readonly effectiveFrom: Date;
}

/**
 * The price that holds now and the next one that is known, as a tenant's own rows. None where the catalogue has no rates for
 * input and output: such a model refuses calls until somebody sets a price, rather than being free. Rates of hours, of long
 * inputs and of other classes of tokens have no place in a tenant's price.
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

type Rates = Omit<PriceColumns, 'batchPercent'>;

function columns(model: CatalogueModel, price: CataloguePrice | null, effectiveFrom: Date): Rates | null {
  const { input, cachedInput, output = SILENT.includes(model.kind) ? 0 : undefined, reasoning } = price?.tokens ?? {};
  const { cacheWrite5m, cacheWrite1h, audioInput, cachedAudioInput, audioOutput } = price?.tokens ?? {};
  if (input === undefined || output === undefined) return null;
  return {
    currency: 'USD',
    inputPerMillionNano: BigInt(input),
    cachedInputPerMillionNano: BigInt(cachedInput ?? input),
    outputPerMillionNano: BigInt(output),
    reasoningPerMillionNano: BigInt(reasoning ?? output),
    perRequestNano: BigInt(price?.units?.request ?? 0),
    cacheWritePerMillionNano: cacheWrite5m === undefined ? null : BigInt(cacheWrite5m),
    cacheWrite1hPerMillionNano: cacheWrite1h === undefined ? null : BigInt(cacheWrite1h),
    audioInputPerMillionNano: audioInput === undefined ? null : BigInt(audioInput),
    cachedAudioInputPerMillionNano: cachedAudioInput === undefined ? null : BigInt(cachedAudioInput),
    audioOutputPerMillionNano: audioOutput === undefined ? null : BigInt(audioOutput),
    effectiveFrom,
  };
}
