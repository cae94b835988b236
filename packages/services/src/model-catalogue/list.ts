import { CAPABILITIES } from '@parley/contracts/capabilities';
import { catalogueAbout, searchModels } from '@parley/llm/catalogue/look-up';
import { type CatalogueModel, MODEL_KINDS } from '@parley/llm/catalogue/model';
import { regularPrice } from '@parley/llm/catalogue/price';
import { catalogueProvider } from '@parley/llm/providers/table';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { catalogueModelOut, catalogueModelShape } from './catalogue-shape.ts';

const SORTS = ['best', 'name', 'input', 'output', 'window'] as const;

const capabilityList = z
  .string()
  .max(300)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.enum(CAPABILITIES)));

/** Searches Parley's catalogue of models: what they can, their windows, and their list prices at each provider. */
export const listCatalogueModels = defineVerb({
  name: 'modelCatalogue.list',
  summary: 'Search the catalogue of models that Parley knows, with list prices.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/model-catalogue' },
  input: z.object({
    /** Words that must all occur in a model's names. */
    query: z.string().max(200).default(''),
    maker: z.string().max(63).optional(),
    kind: z.enum(MODEL_KINDS).optional(),
    /** Row of the provider table: only models there, with their offers there. */
    provider: z.string().max(63).optional(),
    /** Capabilities, separated by commas: `vision,tools`. */
    can: capabilityList.default([]),
    /** `true`: those too whose calls fail at their maker. */
    retired: z.stringbool().or(z.boolean()).default(false),
    /** `best`: current ones first; prices and windows: cheapest, widest first, unknown last. */
    sort: z.enum(SORTS).default('best'),
    cursor: z
      .string()
      .regex(/^\d{1,6}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    items: z.array(catalogueModelShape),
    nextCursor: z.string().nullable(),
    /** Models that pass the filter. */
    total: z.number(),
    makers: z.array(z.object({ id: z.string(), name: z.string() })),
    sources: z.array(z.object({ name: z.string(), version: z.string(), date: z.string() })),
  }),
  async run({ input }) {
    const nowMs = Date.now();
    const { query, sort, cursor, limit, ...given } = input;
    const filter = { ...given, provider: catalogueProvider(given.provider ?? null) ?? undefined };
    const found = searchModels(query, filter);
    const sorted = sort === 'best' ? found : found.sort(order(sort, filter.provider, nowMs));
    const start = Number(cursor ?? 0);
    const { makers, sources } = catalogueAbout();
    return {
      items: sorted.slice(start, start + limit).map((model) => catalogueModelOut(model, filter.provider, nowMs)),
      nextCursor: start + limit < sorted.length ? String(start + limit) : null,
      total: sorted.length,
      makers: [...makers],
      sources: sources.map(({ name, version, date }) => ({ name, version, date })),
    };
  },
});

type Order = (a: CatalogueModel, b: CatalogueModel) => number;

function order(sort: Exclude<(typeof SORTS)[number], 'best'>, provider: string | undefined, nowMs: number): Order {
  if (sort === 'name') return (a, b) => a.name.localeCompare(b.name, 'en');
  if (sort === 'window') return (a, b) => (b.contextTokens ?? -1) - (a.contextTokens ?? -1);
  const cheapest = (model: CatalogueModel): number =>
    Math.min(
      ...model.offers
        .filter((offer) => provider === undefined || offer.provider === provider)
        .map(({ prices }) => regularPrice(prices, nowMs)?.tokens[sort] ?? Number.MAX_SAFE_INTEGER),
      Number.MAX_SAFE_INTEGER,
    );
  return (a, b) => cheapest(a) - cheapest(b);
}
