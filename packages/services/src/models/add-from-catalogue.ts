import { CAPABILITIES } from '@parley/contracts/capabilities';
import type { Transaction } from '@parley/db/client';
import { newId } from '@parley/kernel/id';
import { modelById } from '@parley/llm/catalogue/look-up';
import type { CatalogueModel, Offer } from '@parley/llm/catalogue/model';
import { catalogueProvider } from '@parley/llm/providers/table';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { findProvider } from '../providers/provider-shape.ts';
import { defineVerb } from '../verb.ts';
import { cataloguePrices } from './catalogue-prices.ts';
import { modelInclude, modelOut, modelShape, modelSlugShape, providerModelInput, tokenProblem } from './model-shape.ts';

const MAX_MODELS = 100;

/** Id in the catalogue: `openai/gpt-5`. */
const catalogueId = z.string().min(1).max(200);
const chosenShape = z.object({
  id: catalogueId,
  /** The name to send; the catalogue's for this provider without it. */
  providerModel: providerModelInput.optional(),
  /** The name callers use; its maker's name for it without it. */
  slug: modelSlugShape.optional(),
});
type Asked = z.output<typeof chosenShape>;

/**
 * Adds models as the catalogue knows them at a provider: name there, window, longest answer, capabilities, and the list price
 * that holds now, with the next one where it is known. Names that are taken are left alone and told. Prices are the tenant's
 * own afterwards.
 */
export const addModelsFromCatalogue = defineVerb({
  name: 'models.addFromCatalogue',
  summary: 'Add models from the catalogue to a provider, with windows, capabilities and list prices filled in.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/models/from-catalogue' },
  input: z.object({
    provider: z.string().min(1, 'Choose a provider.'),
    models: z
      .array(z.union([catalogueId.transform((id) => ({ id })), chosenShape]))
      .min(1, 'Choose a model.')
      .max(MAX_MODELS, `At most ${MAX_MODELS} at once.`),
  }),
  output: z.object({
    added: z.array(modelShape),
    skipped: z.array(z.object({ id: z.string(), slug: z.string(), reason: z.string() })),
  }),
  async run({ tx, input, context, tenantId, audit, announce }) {
    const provider = await findProvider(tx, tenantId, input.provider);
    const wanted = input.models.map((asked, place) => chosen(asked, place, catalogueProvider(provider.preset)));
    const taken = await slugsTaken(
      tx,
      tenantId,
      wanted.map(({ slug }) => slug),
    );
    const skipped: { id: string; slug: string; reason: string }[] = [];
    const added: string[] = [];
    for (const one of wanted) {
      if (taken.has(one.slug)) {
        skipped.push({ id: one.model.id, slug: one.slug, reason: 'A model with this name exists already.' });
        continue;
      }
      taken.add(one.slug);
      const id = newId();
      const data = modelColumns(one);
      const prices = cataloguePrices(one.model, one.offer, Date.now());
      await tx.model.create({ data: { ...data, tenantId, id, providerId: provider.id } });
      await tx.modelPrice.createMany({
        data: prices.map((price) => ({ ...price, tenantId, id: newId(), modelId: id, createdById: context.userId })),
      });
      await audit({
        action: 'models.create',
        subject: { kind: 'model', id, label: data.name },
        detail: { ...data, provider: provider.slug, catalogue: one.model.id, prices: prices.length },
      });
      added.push(one.slug);
    }
    if (added.length > 0) await announce('snapshot.tenant', { tenantId });
    const rows = await tx.model.findMany({
      where: { tenantId, slug: { in: added } },
      orderBy: { slug: 'asc' },
      include: modelInclude,
    });
    return { added: rows.map(modelOut), skipped };
  },
});

interface Chosen {
  readonly model: CatalogueModel;
  readonly offer: Offer | null;
  readonly providerModel: string;
  readonly slug: string;
}

function chosen(asked: Asked, place: number, at: string | null): Chosen {
  const model = modelById(asked.id);
  if (!model) throw wrongField(`models.${place}.id`, `The catalogue has no model “${asked.id}”.`);
  const offers = model.offers.filter(({ provider }) => provider === at);
  const offer = asked.providerModel
    ? (offers.find(
        ({ name, aliases = [] }) => name === asked.providerModel || aliases.includes(asked.providerModel ?? ''),
      ) ?? null)
    : (offers[0] ?? null);
  const providerModel = asked.providerModel ?? offer?.name;
  if (!providerModel) {
    throw wrongField(
      `models.${place}.providerModel`,
      `Write the name this provider knows ${model.name} by: the catalogue has none.`,
    );
  }
  return { model, offer, providerModel, slug: asked.slug ?? callersName(model) };
}

/** What its maker calls it, as most programs do; for weights without a maker's own service, the catalogue's key. */
function callersName(model: CatalogueModel): string {
  const own = model.offers.find(
    ({ provider }) => provider === model.maker || (model.maker === 'google' && provider === 'gemini'),
  );
  const name = own?.name ?? model.id.slice(model.maker.length + 1);
  return modelSlugShape.safeParse(name).success ? name : model.id.slice(model.maker.length + 1);
}

function modelColumns({ model, offer, providerModel, slug }: Chosen) {
  const contextTokens = offer?.contextTokens ?? model.contextTokens;
  const longest = { contextTokens, maxOutputTokens: model.maxOutputTokens };
  return {
    slug,
    name: model.name.slice(0, 120),
    providerModel,
    contextTokens,
    // A host that cuts the window also cuts the answer, by how much is not known.
    maxOutputTokens: tokenProblem(longest) ? null : model.maxOutputTokens,
    capabilities: CAPABILITIES.filter((capability) => model.can.includes(capability)),
  };
}

async function slugsTaken(tx: Transaction, tenantId: string, slugs: readonly string[]): Promise<Set<string>> {
  const rows = await tx.model.findMany({ where: { tenantId, slug: { in: [...slugs] } }, select: { slug: true } });
  return new Set(rows.map(({ slug }) => slug));
}
