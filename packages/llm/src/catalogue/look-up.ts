import file from './data/models.json' with { type: 'json' };
import type { CatalogueFile, CatalogueModel, ModelKind, Offer } from './model.ts';
import { bareName, undatedName } from './names.ts';

/**
 * The committed catalogue of models and prices: pure look-ups, indexed at the first one. Importing this file reads about
 * 300 KB; processes that may never ask import it when they do (`await import(…)`).
 */
const FILE = file as unknown as CatalogueFile;

/** A model, at the provider it was asked for: `offer` is `null` where the catalogue does not know it there. */
export interface Found {
  readonly model: CatalogueModel;
  readonly offer: Offer | null;
}

interface Index {
  /** Lower-case `provider name` → what is offered under it. */
  readonly offered: ReadonlyMap<string, { model: CatalogueModel; offer: Offer }>;
  /** Ids, names and aliases in lower case → the model; `null` where two models share one. */
  readonly exact: ReadonlyMap<string, CatalogueModel | null>;
  /** Names without providers' prefixes and snapshot days → the model; `null` where two models share one. */
  readonly loose: ReadonlyMap<string, CatalogueModel | null>;
}

let index: Index | null = null;

/** Where the data comes from and how many makers it knows; for the page that names sources. */
export function catalogueAbout(): Pick<CatalogueFile, 'currency' | 'sources' | 'makers'> {
  const { currency, sources, makers } = FILE;
  return { currency, sources, makers };
}

/** Every model, by id. */
export function catalogueModels(): readonly CatalogueModel[] {
  return FILE.models;
}

/** A model by its catalogue id (`openai/gpt-5`), or `null`. */
export function modelById(id: string): CatalogueModel | null {
  return FILE.models.find((model) => model.id === id) ?? null;
}

/**
 * A model by the name a provider knows it by, as it is sent (`us.anthropic.claude-opus-4-5-20251101-v1:0`,
 * `accounts/fireworks/models/kimi-k2p6`), by an alias or by its id. With `provider` (an id of the provider table) the offer
 * there comes with it. Snapshot days and region prefixes need not be listed one by one. `null` when no model, or more than
 * one, fits: nothing is guessed.
 */
export function modelByName(name: string, provider?: string): Found | null {
  const { offered, exact, loose } = (index ??= makeIndex());
  const wanted = name.trim().toLowerCase();
  const there = provider === undefined ? undefined : offered.get(`${provider} ${wanted}`);
  if (there) return there;
  const model = exact.get(wanted) ?? loose.get(bareName(wanted)) ?? loose.get(undatedName(wanted));
  if (!model) return null;
  return { model, offer: provider === undefined ? null : looseOffer(model, provider, wanted) };
}

export interface CatalogueFilter {
  readonly maker?: string | undefined;
  readonly kind?: ModelKind | undefined;
  /** Only models with an offer at this provider of the table. */
  readonly provider?: string | undefined;
  /** Capabilities that a source states. */
  readonly can?: readonly string[] | undefined;
  /** Also those whose calls fail at their maker; left out by default. */
  readonly retired?: boolean | undefined;
}

/** Models that pass a filter, current ones first, then by id. */
export function listModels(filter: CatalogueFilter = {}): CatalogueModel[] {
  return FILE.models
    .filter(
      (model) =>
        (filter.maker === undefined || model.maker === filter.maker) &&
        (filter.kind === undefined || model.kind === filter.kind) &&
        (filter.retired === true || model.status !== 'retired') &&
        (filter.provider === undefined || model.offers.some((offer) => offer.provider === filter.provider)) &&
        (filter.can ?? []).every((capability) => model.can.includes(capability)),
    )
    .sort((a, b) => Number(a.status !== 'current') - Number(b.status !== 'current') || (a.id < b.id ? -1 : 1));
}

/** The filtered models in which every word of the query occurs, in id, name, maker or a provider's name for it. */
export function searchModels(query: string, filter: CatalogueFilter = {}): CatalogueModel[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return listModels(filter).filter((model) => {
    const text =
      `${model.id} ${model.name} ${model.maker} ${model.offers.map(({ name }) => name).join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function looseOffer(model: CatalogueModel, provider: string, wanted: string): Offer | null {
  const here = model.offers.filter((offer) => offer.provider === provider);
  const [only] = here;
  if (here.length === 1) return only ?? null;
  // Clouds sell one model through doors of different prices: only a name's own door tells its price.
  const [region] = wanted.split('.');
  const door = here.filter(({ name, aliases = [] }) => [name, ...aliases].some((one) => one.split('.')[0] === region));
  return door.length === 1 ? (door[0] ?? null) : null;
}

function makeIndex(): Index {
  const offered = new Map<string, { model: CatalogueModel; offer: Offer }>();
  const exact = new Map<string, CatalogueModel | null>();
  const loose = new Map<string, CatalogueModel | null>();
  const enter = (map: Map<string, CatalogueModel | null>, name: string, model: CatalogueModel): void => {
    const known = map.get(name);
    if (known === undefined) map.set(name, model);
    else if (known !== model) map.set(name, null);
  };
  for (const model of FILE.models) {
    enter(exact, model.id, model);
    for (const offer of model.offers) {
      for (const name of [offer.name, ...(offer.aliases ?? [])].map((one) => one.toLowerCase())) {
        const key = `${offer.provider} ${name}`;
        if (!offered.has(key)) offered.set(key, { model, offer });
        enter(exact, name, model);
        enter(loose, bareName(name), model);
      }
    }
    // The model's own key goes before what its hosts' spellings come to.
    loose.set(model.id.slice(model.maker.length + 1), model);
  }
  return { offered, exact, loose };
}
