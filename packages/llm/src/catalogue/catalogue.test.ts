import { CAPABILITIES } from '@parley/contracts/capabilities';
import { describe, expect, it } from 'vitest';
import { PROVIDER_TABLE } from '../providers/table.ts';
import { catalogueAbout, catalogueModels, listModels, modelById, modelByName, searchModels } from './look-up.ts';
import { BILLED_UNITS, MODEL_KINDS, MODEL_STATUSES, TOKEN_CLASSES } from './model.ts';
import { nextPrice, priceInForce, ratesAt, regularPrice } from './price.ts';

const at = (day: string): number => Date.parse(`${day}Z`);

describe('the committed catalogue', () => {
  const models = catalogueModels();

  it('holds at least 200 models of at least 10 makers, with prices for most of those in use', () => {
    const current = models.filter(({ status }) => status === 'current');
    expect(models.length).toBeGreaterThan(200);
    expect(new Set(models.map(({ maker }) => maker)).size).toBeGreaterThan(10);
    const priced = current.filter(({ offers }) => offers.some(({ prices }) => prices.length > 0));
    expect(priced.length / current.length).toBeGreaterThan(0.7);
  });

  it('is sorted by id without doubles, each with a source that the file names', () => {
    const ids = models.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    const sources = new Set(catalogueAbout().sources.map(({ name }) => name));
    for (const model of models) {
      expect(model.sources.length, model.id).toBeGreaterThan(0);
      expect(
        model.sources.filter((source) => !sources.has(source)),
        model.id,
      ).toEqual([]);
    }
  });

  it('states limits and prices as whole positive numbers and only in classes that exist', () => {
    for (const model of models) {
      expect(MODEL_KINDS, model.id).toContain(model.kind);
      expect(MODEL_STATUSES, model.id).toContain(model.status);
      for (const limit of [model.contextTokens, model.maxOutputTokens]) {
        if (limit !== null) expect(Number.isSafeInteger(limit) && limit > 0, model.id).toBe(true);
      }
      if (model.contextTokens !== null && model.maxOutputTokens !== null) {
        expect(model.maxOutputTokens, model.id).toBeLessThanOrEqual(model.contextTokens);
      }
      for (const { prices } of model.offers) {
        for (const price of prices) {
          const rates = [price.tokens, ...(price.tiers ?? []).map(({ tokens }) => tokens)].flatMap((one) =>
            Object.entries(one),
          );
          for (const [name, rate] of rates) {
            expect(TOKEN_CLASSES, model.id).toContain(name);
            expect(
              Number.isSafeInteger(rate) && rate >= 0 && rate < 10_000_000_000_000,
              `${model.id} ${name} ${rate}`,
            ).toBe(true);
          }
          for (const [unit, amount] of Object.entries(price.units ?? {})) {
            expect(BILLED_UNITS, model.id).toContain(unit);
            expect(Number.isSafeInteger(amount) && amount > 0, model.id).toBe(true);
          }
        }
      }
    }
  });

  it('never says that a model both can and cannot do something', () => {
    for (const { id, can, cannot } of models) {
      expect(
        can.filter((capability) => cannot.includes(capability)),
        id,
      ).toEqual([]);
      for (const capability of [...can, ...cannot]) expect(CAPABILITIES, id).toContain(capability);
    }
  });

  it('offers models only at providers of the table', () => {
    const known = new Set(PROVIDER_TABLE.map(({ id }) => id));
    const unknown = models
      .flatMap(({ offers }) => offers.map(({ provider }) => provider))
      .filter((id) => !known.has(id));
    expect([...new Set(unknown)]).toEqual([]);
  });
});

describe('modelByName', () => {
  it.each([
    ['gpt-4o', 'openai', 'openai/gpt-4o'],
    ['gpt-4o-2024-11-20', 'openai', 'openai/gpt-4o'],
    ['GPT-4o', 'openai', 'openai/gpt-4o'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'bedrock', 'anthropic/claude-opus-4-5'],
    ['accounts/fireworks/models/kimi-k2p6', 'fireworks', 'moonshotai/kimi-k2-6'],
    ['meta-llama/Llama-3.3-70B-Instruct', undefined, 'meta/llama-3-3-70b'],
    ['claude-opus-4-5@20251101', 'vertex', 'anthropic/claude-opus-4-5'],
    ['openai/gpt-5', undefined, 'openai/gpt-5'],
  ])('finds %s at %s', (name, provider, id) => {
    expect(modelByName(name, provider)?.model.id).toBe(id);
  });

  it('tells clouds’ doors of different prices apart', () => {
    const input = (name: string): number | undefined => modelByName(name, 'bedrock')?.offer?.prices[0]?.tokens.input;
    expect(input('global.anthropic.claude-opus-4-5-20251101-v1:0')).toBe(5_000_000_000);
    expect(input('eu.anthropic.claude-opus-4-5-20251101-v1:0')).toBe(5_500_000_000);
  });

  it('answers a model without an offer where the provider is not known to have it', () => {
    expect(modelByName('gpt-4o', 'voyage')).toEqual({ model: modelById('openai/gpt-4o'), offer: null });
  });

  it.each(['', 'nonsense', 'claude', 'gpt', 'claude-sonnet-5-5', '__proto__', 'constructor'])(
    'guesses nothing for “%s”',
    (name) => {
      expect(modelByName(name)).toBeNull();
      expect(modelByName(name, 'openai')).toBeNull();
    },
  );
});

describe('listing and searching', () => {
  it('puts current models first and leaves retired ones out', () => {
    const found = searchModels('claude opus');
    expect(found[0]?.status).toBe('current');
    expect(found.some(({ status }) => status === 'retired')).toBe(false);
    expect(searchModels('claude opus', { retired: true }).some(({ status }) => status === 'retired')).toBe(true);
  });

  it('keeps to maker, kind, provider and capabilities', () => {
    const found = listModels({ maker: 'voyage', kind: 'embedding', provider: 'voyage', can: ['embeddings'] });
    expect(found.length).toBeGreaterThan(3);
    expect(found.every(({ maker, kind }) => maker === 'voyage' && kind === 'embedding')).toBe(true);
    expect(listModels({ maker: 'voyage', can: ['vision'] })).toEqual([]);
  });
});

describe('prices', () => {
  const prices = [
    { tokens: { input: 10, output: 20 } },
    { from: '2026-08-17', tokens: { input: 30, output: 40 }, tiers: [{ above: 200_000, tokens: { input: 60 } }] },
    { hours: ['01:00', '04:00'] as const, tokens: { input: 50, output: 60 } },
    { from: '2027-01-01', tokens: { input: 70, output: 80 } },
  ];

  it('takes the last row whose day and hours hold', () => {
    expect(priceInForce(prices, at('2026-08-16T23:59:59.999'))?.tokens.input).toBe(10);
    expect(priceInForce(prices, at('2026-08-17T00:00'))?.tokens.input).toBe(30);
    expect(priceInForce(prices, at('2026-08-17T01:00'))?.tokens.input).toBe(50);
    expect(priceInForce(prices, at('2026-08-17T04:00'))?.tokens.input).toBe(30);
    expect(regularPrice(prices, at('2026-08-17T01:00'))?.tokens.input).toBe(30);
    expect(priceInForce([], 0)).toBeNull();
  });

  it('keeps hours that pass midnight', () => {
    const night = [{ tokens: { input: 2 } }, { hours: ['16:30', '00:30'] as const, tokens: { input: 1 } }];
    expect(priceInForce(night, at('2026-01-01T23:00'))?.tokens.input).toBe(1);
    expect(priceInForce(night, at('2026-01-01T00:29'))?.tokens.input).toBe(1);
    expect(priceInForce(night, at('2026-01-01T00:30'))?.tokens.input).toBe(2);
  });

  it('knows the next price, and the rates above a threshold', () => {
    expect(nextPrice(prices, at('2026-11-21T00:00'))?.tokens.input).toBe(70);
    expect(nextPrice(prices, at('2027-01-01T00:00'))).toBeNull();
    const now = regularPrice(prices, at('2026-11-21T00:00'));
    expect(now && ratesAt(now, 200_000)).toEqual({ input: 30, output: 40 });
    expect(now && ratesAt(now, 200_001)).toEqual({ input: 60, output: 40 });
  });
});
