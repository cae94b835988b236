import type { CatalogueFile, CatalogueModel, Offer } from '../../src/catalogue/model.ts';

/** What a refresh changed, as lines to read before committing: models gone and new, prices and limits that moved. */
export function changesBetween(before: CatalogueFile | null, after: CatalogueFile): string[] {
  const old = new Map((before?.models ?? []).map((model) => [model.id, model]));
  const now = new Map(after.models.map((model) => [model.id, model]));
  const added = after.models.filter(({ id }) => !old.has(id));
  const removed = [...old.values()].filter(({ id }) => !now.has(id));
  const changed = after.models.flatMap((model) => {
    const was = old.get(model.id);
    return was ? changesOf(was, model) : [];
  });
  const offers = after.models.flatMap((model) => model.offers);
  return [
    `${after.models.length} models of ${after.makers.length} makers, ${offers.length} offers, ${offers.filter(({ prices }) => prices.length > 0).length} with a price`,
    ...(before === null
      ? []
      : [...removed.map(({ id }) => `- ${id}`), ...added.map(({ id }) => `+ ${id}`), ...changed]),
    ...(before !== null && added.length + removed.length + changed.length === 0 ? ['nothing changed'] : []),
  ];
}

const FACTS = [
  'name',
  'kind',
  'status',
  'contextTokens',
  'maxOutputTokens',
  'can',
  'cannot',
  'releasedOn',
  'retiresOn',
] as const;

function changesOf(was: CatalogueModel, is: CatalogueModel): string[] {
  const facts = FACTS.flatMap((fact) =>
    JSON.stringify(was[fact]) === JSON.stringify(is[fact])
      ? []
      : [`~ ${is.id} ${fact}: ${JSON.stringify(was[fact])} → ${JSON.stringify(is[fact])}`],
  );
  const key = (offer: Offer): string => `${offer.provider} ${offer.name}`;
  const before = new Map(was.offers.map((offer) => [key(offer), offer]));
  const after = new Map(is.offers.map((offer) => [key(offer), offer]));
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => `~ ${is.id}: no longer at ${name}`);
  const moved = [...after].flatMap(([name, offer]) => {
    const old = before.get(name);
    if (!old) return [`~ ${is.id}: now at ${name}`];
    if (JSON.stringify(old.prices) === JSON.stringify(offer.prices)) return [];
    return [`~ ${is.id} price at ${name}: ${JSON.stringify(old.prices)} → ${JSON.stringify(offer.prices)}`];
  });
  return [...facts, ...gone, ...moved];
}
