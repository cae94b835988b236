import { describe, expect, it } from 'vitest';
import { catalogueAbout, catalogueModels } from '../../src/catalogue/look-up.ts';
import type { CatalogueFile } from '../../src/catalogue/model.ts';
import { bareName, undatedName } from '../../src/catalogue/names.ts';
import { modelOf } from './build.ts';
import { changesBetween } from './changes.ts';
import { pricesOf } from './prices.ts';
import type { Statement } from './records.ts';
import { rosterOf } from './roster.ts';
import { written } from './written.ts';

const file: CatalogueFile = { ...catalogueAbout(), models: catalogueModels() };

function said(about: Partial<Statement> & Pick<Statement, 'source' | 'provider' | 'name'>): Statement {
  return { byMaker: false, aliases: [], can: [], cannot: [], ...about };
}
const own = (name: string, about: Partial<Statement> = {}): Statement =>
  said({
    source: '@pydantic/genai-prices',
    provider: 'anthropic',
    byMaker: true,
    name,
    prices: { input_mtok: 1 },
    ...about,
  });

describe('one model under many names', () => {
  it.each([
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'claude-opus-4-1'],
    ['claude-opus-4-5@20251101', 'claude-opus-4-5'],
    ['accounts/fireworks/models/glm-5p1', 'glm-5-1'],
    ['meta.llama3-3-70b-instruct-v1:0', 'llama-3-3-70b'],
    ['meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo', 'llama-3-1-8b'],
    ['llama-3.3-70b-versatile', 'llama-3-3-70b'],
    ['@cf/meta/llama-3.3-70b-instruct-fp8-fast', 'llama-3-3-70b'],
    ['gpt-4o-2024-11-20', 'gpt-4o'],
    ['mistral-large-2512', 'mistral-large-2512'],
    ['deepseek-chat', 'deepseek-chat'],
  ])('%s is %s', (name, key) => expect(undatedName(name)).toBe(key));

  it('keeps the day of a snapshot in the plain form', () =>
    expect(bareName('gpt-4o-2024-05-13')).toBe('gpt-4o-2024-05-13'));

  it('keeps a snapshot apart that its maker prices apart, and joins what it prices alike', () => {
    const found = rosterOf([
      own('claude-x'),
      own('claude-x-2026-01-01', { prices: { input_mtok: 2 } }),
      own('claude-y', { aliases: ['claude-y-fast-edition'] }),
      said({ source: '@mastra/core', provider: 'anthropic', byMaker: true, name: 'claude-y-fast-edition' }),
    ]);
    expect(found.map(({ key, statements }) => [key, statements.length])).toEqual([
      ['claude-x', 1],
      ['claude-y', 2],
      ['claude-x-2026-01-01', 1],
    ]);
  });
});

describe('what sources say', () => {
  const model = (...statements: Statement[]) => {
    const [candidate] = rosterOf([own('claude-x'), ...statements]);
    if (!candidate) throw new Error('no candidate');
    return modelOf(candidate);
  };

  it('leaves unknown what none states, and what two contradict each other in', () => {
    const pi = { source: '@mariozechner/pi-ai', provider: 'anthropic', byMaker: true, name: 'claude-x' };
    expect(model()).toMatchObject({ contextTokens: null, maxOutputTokens: null, can: ['chat'], cannot: [] });
    expect(model(said({ ...pi, can: ['vision'] }), said({ ...pi, cannot: ['vision'] }))).toMatchObject({
      can: ['chat'],
      cannot: [],
    });
  });

  it('believes the maker before a host, and the largest host where the maker says nothing', () => {
    const host = (contextTokens: number) =>
      said({
        source: '@pydantic/genai-prices',
        provider: 'groq',
        name: 'claude-x',
        contextTokens,
        prices: { input_mtok: 3 },
      });
    expect(model(host(8_000), host(32_000)).contextTokens).toBe(32_000);
    expect(model(host(8_000), own('claude-x', { contextTokens: 4_000 })).contextTokens).toBe(4_000);
  });
});

describe('prices of the source', () => {
  it('become integers with their conditions and tiers', () => {
    expect(
      pricesOf([
        { prices: { input_mtok: 0.003625, requests_kcount: 12 } },
        {
          constraint: { type: 'start_date', start_date: '2026-08-17' },
          prices: { input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] }, output_mtok: 15 },
        },
        {
          constraint: { type: 'time_of_date', start_time: '01:00:00Z', end_time: '04:00:00Z' },
          prices: { output_mtok: 1 },
        },
      ]),
    ).toEqual([
      { tokens: { input: 3_625_000 }, units: { request: 12_000_000 } },
      {
        from: '2026-08-17',
        tokens: { input: 3_000_000_000, output: 15_000_000_000 },
        tiers: [{ above: 200_000, tokens: { input: 6_000_000_000 } }],
      },
      { hours: ['01:00', '04:00'], tokens: { output: 1_000_000_000 } },
    ]);
  });

  it('stop the refresh when they hold something new', () => {
    expect(() => pricesOf({ input_smell_mtok: 1 })).toThrow(/something new/);
    expect(() => pricesOf([{ constraint: { type: 'weekday' }, prices: {} }])).toThrow(/something new/);
  });
});

describe('the file', () => {
  it('is written one model a line, and reads back the same', () => {
    const text = written(file);
    expect(JSON.parse(text)).toEqual(file);
    expect(text.split('\n').filter((line) => line.startsWith('{"id":"openai/gpt-5"'))).toHaveLength(1);
  });

  it('says what a refresh changed', () => {
    const [first, second, ...rest] = file.models;
    if (!first || !second) throw new Error('an empty catalogue');
    const price = [{ tokens: { input: 1 } }];
    const after = {
      ...file,
      models: [{ ...second, contextTokens: 7, offers: [{ provider: 'openai', name: 'x', prices: price }] }, ...rest],
    };
    const lines = changesBetween(file, after).join('\n');
    expect(lines).toContain(`- ${first.id}`);
    expect(lines).toContain(`${second.id} contextTokens: ${second.contextTokens} → 7`);
    expect(lines).toContain(`${second.id}: now at openai x`);
    expect(changesBetween(file, file)).toContain('nothing changed');
  });
});
