import { catalogueModels } from '@parley/llm/catalogue/look-up';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { listAudit } from '../audit/list.ts';
import type { Context } from '../context.ts';
import { listCatalogueModels } from '../model-catalogue/list.ts';
import { listModelPrices } from '../model-prices/list.ts';
import { createProvider } from '../providers/create.ts';
import { faultOf } from '../test/publisher.ts';
import { addModelsFromCatalogue } from './add-from-catalogue.ts';
import { cataloguePrices } from './catalogue-prices.ts';
import { listModels } from './list.ts';

const kit = testContext();
afterAll(() => kit.close());

const openai = (owner: Context) => createProvider(owner, { slug: 'openai', name: 'OpenAI', preset: 'openai' });

describe('adding models from the catalogue', () => {
  it('fills in names, windows, capabilities and prices, and records each', async () => {
    const { owner } = await kit.tenant();
    await openai(owner);
    const { added, skipped } = await addModelsFromCatalogue(owner, {
      provider: 'openai',
      models: [{ id: 'openai/gpt-4o' }, { id: 'openai/text-embedding-3-small', slug: 'embed' }],
    });
    expect(skipped).toEqual([]);
    expect(added).toMatchObject([
      { slug: 'embed', capabilities: ['embeddings'], price: { input: '0.02', output: '0' } },
      {
        slug: 'gpt-4o',
        providerModel: 'gpt-4o',
        contextTokens: 128_000,
        maxOutputTokens: 16_384,
        capabilities: expect.arrayContaining(['chat', 'tools', 'vision']),
        price: { currency: 'USD', input: '2.5', cachedInput: '1.25', output: '10', reasoning: '10', perRequest: '0' },
      },
    ]);
    const { items } = await listAudit(owner, {});
    expect(items.filter(({ action }) => action === 'models.create')).toHaveLength(2);
  });

  it('adds the next price too where one is known, from its day on', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'gemini', name: 'Gemini', preset: 'gemini' });
    await addModelsFromCatalogue(owner, { provider: 'gemini', models: [{ id: 'google/gemini-3-8-flash' }] });
    const { items } = await listModelPrices(owner, { model: 'gemini-3.8-flash' });
    expect(items.map(({ input, effectiveFrom }) => [input, effectiveFrom.slice(0, 10)])).toContainEqual([
      '1.5',
      '2027-01-01',
    ]);
  });

  it('takes over what models are sold by beside tokens, pictures, and rates of long inputs', async () => {
    const { owner } = await kit.tenant();
    await openai(owner);
    await createProvider(owner, { slug: 'gemini', name: 'Gemini', preset: 'gemini' });
    const { added } = await addModelsFromCatalogue(owner, {
      provider: 'openai',
      models: [{ id: 'openai/whisper-1' }, { id: 'openai/gpt-image-1-5' }],
    });
    expect(added).toMatchObject([
      {
        slug: 'gpt-image-1.5',
        price: { input: '5', imageInput: '8', output: '10', imageOutput: '32', perImage: null },
      },
      { slug: 'whisper-1', price: { input: '0', output: '0', perAudioHour: '0.36', tiers: [] } },
    ]);
    const tiered = await addModelsFromCatalogue(owner, {
      provider: 'gemini',
      models: [{ id: 'google/gemini-2-5-pro' }],
    });
    expect(tiered.added[0]?.price).toMatchObject({
      input: '1.25',
      tiers: [{ aboveInputTokens: 200_000, input: '2.5', cachedInput: '0.25', output: '15', reasoning: '15' }],
    });
  });

  it('knows a service through its other format', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'responses', name: 'Responses', preset: 'openai-responses' });
    const page = await listCatalogueModels(owner, { provider: 'openai-responses' });
    expect(page.items[0]?.offers[0]?.provider).toBe('openai');
    const { added } = await addModelsFromCatalogue(owner, { provider: 'responses', models: ['openai/gpt-5'] });
    expect(added).toMatchObject([{ providerModel: 'gpt-5', price: { input: '1.25' } }]);
  });

  it('leaves names that are taken alone, and says which', async () => {
    const { owner } = await kit.tenant();
    await openai(owner);
    const asked = { provider: 'openai', models: [{ id: 'openai/gpt-4o' }, { id: 'openai/gpt-5' }] };
    await addModelsFromCatalogue(owner, { ...asked, models: asked.models.slice(0, 1) });
    const again = await addModelsFromCatalogue(owner, asked);
    expect(again.added.map(({ slug }) => slug)).toEqual(['gpt-5']);
    expect(again.skipped).toMatchObject([{ id: 'openai/gpt-4o', slug: 'gpt-4o' }]);
    expect((await listModels(owner, {})).items).toHaveLength(2);
  });

  it('asks for the name where the provider is not in the table, and adds it without a price then', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'own', name: 'Own', baseUrl: 'https://own.example/v1' });
    const fault = await faultOf(
      addModelsFromCatalogue(owner, { provider: 'own', models: [{ id: 'meta/llama-3-3-70b' }] }),
    );
    expect(fault.issues?.map(({ path }) => path)).toEqual(['models.0.providerModel']);
    const { added } = await addModelsFromCatalogue(owner, {
      provider: 'own',
      models: [{ id: 'meta/llama-3-3-70b', providerModel: 'llama-70b-q4' }],
    });
    expect(added).toMatchObject([{ slug: 'llama-3-3-70b', providerModel: 'llama-70b-q4', price: null }]);
    const unknown = addModelsFromCatalogue(owner, { provider: 'own', models: [{ id: 'nobody/nothing' }] });
    expect((await faultOf(unknown)).issues?.map(({ path }) => path)).toEqual(['models.0.id']);
  });

  it('can take every offer of the catalogue, and makes none free that has no price', () => {
    for (const model of catalogueModels()) {
      for (const offer of model.offers) {
        const rows = cataloguePrices(model, offer, Date.parse('2026-11-21T12:00:00Z'));
        expect(new Set(rows.map(({ effectiveFrom }) => effectiveFrom.getTime())).size, model.id).toBe(rows.length);
        if (offer.prices.length === 0) expect(rows, model.id).toEqual([]);
      }
    }
  });
});

describe('searching the catalogue', () => {
  it('pages through it once, each model one time', async () => {
    const { owner } = await kit.tenant();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listCatalogueModels(owner, { retired: true, limit: 100, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(catalogueModels().length);
  });

  it('filters by capability and provider, sorts by price, and tells what else is charged', async () => {
    const { owner } = await kit.tenant();
    const { items } = await listCatalogueModels(owner, { provider: 'anthropic', can: 'vision,tools', sort: 'input' });
    const inputs = items.map(({ offers }) => Number(offers[0]?.price?.input));
    expect(inputs.length).toBeGreaterThan(3);
    expect(inputs).toEqual(inputs.toSorted((a, b) => a - b));
    expect(
      items.every(({ can, offers }) => can.includes('vision') && offers.every((one) => one.provider === 'anthropic')),
    ).toBe(true);
    const opus = items.find(({ id }) => id === 'anthropic/claude-opus-5-5');
    expect(opus?.offers[0]?.price?.rates).toContain('Cache writes (1 hour): $8 per million');
    expect(opus?.offers[0]?.price?.notes).toContain('$0.01 for a web search');
  });
});
