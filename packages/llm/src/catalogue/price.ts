import type { CataloguePrice, TokenRates } from './model.ts';

/**
 * The price in force at a moment: the last row whose day has come and whose hours hold. `null` when there is none.
 * `nowMs` is Unix milliseconds; days and hours are UTC.
 */
export function priceInForce(prices: readonly CataloguePrice[], nowMs: number): CataloguePrice | null {
  const now = new Date(nowMs).toISOString();
  const clock = now.slice(11, 16);
  return (
    prices.findLast(({ from, hours }) => startedBy(now, from) && (hours === undefined || within(clock, hours))) ?? null
  );
}

/** The price outside of special hours: what a tenant's price, which knows no hours, is filled in with. */
export function regularPrice(prices: readonly CataloguePrice[], nowMs: number): CataloguePrice | null {
  return priceInForce(
    prices.filter(({ hours }) => hours === undefined),
    nowMs,
  );
}

/** The next price with a day still to come, or `null`. */
export function nextPrice(prices: readonly CataloguePrice[], nowMs: number): CataloguePrice | null {
  const today = new Date(nowMs).toISOString();
  const coming = prices.filter(({ from }) => from !== undefined && !startedBy(today, from));
  return coming.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))[0] ?? null;
}

/**
 * Providers whose batches cost a share of their rates, in percent of these: their price lists say so for every model that can
 * be in a batch (OpenAI and Azure OpenAI, Batch API, November 2026). The catalogue's source has no such field.
 */
const BATCH_PERCENT = new Map([
  ['openai', 50],
  ['azure', 50],
]);

/** What calls of batches cost at a provider, in percent of its rates; `null` where nothing else than the rates is known. */
export function batchPercentOf(provider: string): number | null {
  return BATCH_PERCENT.get(provider) ?? null;
}

/** Rates of a request with this many input tokens: those of the highest tier it is above, over the base ones. */
export function ratesAt(price: CataloguePrice, inputTokens: number): TokenRates {
  const tier = (price.tiers ?? []).findLast(({ above }) => inputTokens > above);
  return tier ? { ...price.tokens, ...tier.tokens } : price.tokens;
}

function startedBy(now: string, from: string | undefined): boolean {
  return from === undefined || from <= now.slice(0, 10);
}

function within(clock: string, [start, end]: readonly [string, string]): boolean {
  return start <= end ? clock >= start && clock < end : clock >= start || clock < end;
}
