import { formatAmount } from '@parley/kernel/money';
import type { BilledUnit, CataloguePrice, TokenClass, TokenRates } from '@parley/llm/catalogue/model';

/** Token classes that a model's price here has no rate for. The others are its ordinary fields. */
const CLASSES: Readonly<Partial<Record<TokenClass, string>>> = {
  cacheWrite5m: 'Cache writes (5 minutes)',
  cacheWrite1h: 'Cache writes (1 hour)',
  citation: 'Citation tokens',
  imageInput: 'Image input',
  cachedImageInput: 'Cached image input',
  imageOutput: 'Image output',
  videoInput: 'Video input',
  videoOutput: 'Video output',
};
const SAME: Readonly<Partial<Record<TokenClass, string>>> = {
  input: 'input',
  cachedInput: 'cached input',
  output: 'output',
};

const UNITS: Readonly<Partial<Record<BilledUnit, string>>> = {
  webSearch: 'a web search',
  fileSearch: 'a file search',
  textMessage: 'a text message',
  page: 'a page',
  annotatedPage: 'an annotated page',
  audioHour: 'an hour of audio',
  audioInputHour: 'an hour of audio input',
};

const dollars = (nano: number): string => `$${formatAmount(BigInt(nano))}`;

/** What a provider charges beyond a model's ordinary price, in short sentences for the person who takes the price over. */
export function priceNotes(price: CataloguePrice, all: readonly CataloguePrice[]): string[] {
  const classes = Object.entries(CLASSES).flatMap(([name, label]) => {
    const rate = price.tokens[name as TokenClass];
    return rate === undefined || rate === price.tokens.input ? [] : [`${label}: ${dollars(rate)} per million`];
  });
  const units = Object.entries(UNITS).flatMap(([name, label]) => {
    const rate = price.units?.[name as BilledUnit];
    return rate === undefined ? [] : [`${dollars(rate)} for ${label}`];
  });
  const tiers = (price.tiers ?? []).map(
    ({ above, tokens }) => `Above ${above.toLocaleString('en')} input tokens: ${rates(tokens)}`,
  );
  const hours = all.flatMap(({ hours: span, tokens }) => (span ? [`${span[0]}–${span[1]} UTC: ${rates(tokens)}`] : []));
  return [...classes, ...units, ...tiers, ...hours];
}

function rates(tokens: TokenRates): string {
  return Object.entries(SAME)
    .flatMap(([name, label]) => {
      const rate = tokens[name as TokenClass];
      return rate === undefined ? [] : [`${label} ${dollars(rate)}`];
    })
    .join(', ');
}
