import { formatAmount } from '@parley/kernel/money';
import type { BilledUnit, CatalogueModel, CataloguePrice, TokenClass, TokenRates } from '@parley/llm/catalogue/model';
import { soldBy } from '../models/catalogue-prices.ts';

type Labels<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** Token classes beside the ordinary fields that a model's price has rates for. */
const COUNTED: Labels<TokenClass> = {
  cacheWrite5m: 'Cache writes (5 minutes)',
  cacheWrite1h: 'Cache writes (1 hour)',
  audioInput: 'Sound input',
  cachedAudioInput: 'Cached sound input',
  audioOutput: 'Sound output',
  imageInput: 'Image input',
  cachedImageInput: 'Cached image input',
  imageOutput: 'Image output',
};
/** Those it has none for. */
const UNCOUNTED: Labels<TokenClass> = {
  citation: 'Citation tokens',
  videoInput: 'Video input',
  videoOutput: 'Video output',
};
const SAME: Labels<TokenClass> = {
  input: 'input',
  cachedInput: 'cached input',
  output: 'output',
};

const UNITS: Labels<BilledUnit> = {
  webSearch: 'a web search',
  fileSearch: 'a file search',
  textMessage: 'a text message',
  page: 'a page',
  annotatedPage: 'an annotated page',
  audioHour: 'an hour of audio',
  audioInputHour: 'an hour of audio input',
};

const dollars = (nano: number): string => `$${formatAmount(BigInt(nano))}`;

function classes(labels: Labels<TokenClass>, { tokens }: CataloguePrice): string[] {
  return Object.entries(labels).flatMap(([name, label]) => {
    const rate = tokens[name as TokenClass];
    return rate === undefined || rate === tokens.input ? [] : [`${label}: ${dollars(rate)} per million`];
  });
}

/** What a price counts beside input and output, in short sentences for the person who takes it over. */
export function priceRateWords(model: CatalogueModel, price: CataloguePrice): string[] {
  const { perAudioHour, perPage } = soldBy(model.kind, price.units ?? {});
  return [
    ...(perAudioHour === undefined ? [] : [`${dollars(Number(perAudioHour))} for an hour of sound`]),
    ...(perPage === undefined ? [] : [`${dollars(Number(perPage))} for a page`]),
    ...classes(COUNTED, price),
    ...(price.tiers ?? []).map(
      ({ above, tokens }) => `Above ${above.toLocaleString('en')} input tokens: ${rates(tokens)}`,
    ),
  ];
}

/** What a provider charges beyond that, or charges otherwise: a model's price does not count it. */
export function priceNotes(model: CatalogueModel, price: CataloguePrice, all: readonly CataloguePrice[]): string[] {
  const sold = soldBy(model.kind, price.units ?? {});
  const counted: readonly string[] = [
    ...(sold.perAudioHour === undefined ? [] : ['audioHour', 'audioInputHour']),
    ...(sold.perPage === undefined ? [] : ['page']),
  ];
  const units = Object.entries(UNITS).flatMap(([name, label]) => {
    const rate = price.units?.[name as BilledUnit];
    return rate === undefined || counted.includes(name) ? [] : [`${dollars(rate)} for ${label}`];
  });
  const hours = all.flatMap(({ hours: span, tokens }) => (span ? [`${span[0]}–${span[1]} UTC: ${rates(tokens)}`] : []));
  return [...classes(UNCOUNTED, price), ...units, ...hours];
}

function rates(tokens: TokenRates): string {
  return Object.entries(SAME)
    .flatMap(([name, label]) => {
      const rate = tokens[name as TokenClass];
      return rate === undefined ? [] : [`${label} ${dollars(rate)}`];
    })
    .join(', ');
}
