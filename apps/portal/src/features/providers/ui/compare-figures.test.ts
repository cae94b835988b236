import { expect, test } from 'vitest';
import { compared, fits } from './compare-figures.ts';
import type { Model } from './model-sheet.tsx';

const price = { input: '2.5', output: '10', perImage: null, perAudioHour: null } as unknown as NonNullable<
  Model['price']
>;
const model = (more: Partial<Model>): Model =>
  ({ slug: 'fast', provider: 'openai', capabilities: ['chat'], contextTokens: 128_000, price, ...more }) as Model;
const ANY = { provider: '', capability: '', mostInput: '', leastWindow: '' };

test('a model has what was measured of its calls, and nothing where nothing was', () => {
  const figures = {
    requests: 40,
    serverErrors: 2,
    outputTokens: 900,
    durationUs: 30_000_000,
    latencyUs: { p50: 700_000, p95: 1_900_000, p99: 2_000_000 },
    ttftUs: { p50: 120_000, p95: null, p99: null },
  } as Parameters<typeof compared>[1][number]['figures'];
  const [fast, quiet] = compared([model({}), model({ slug: 'quiet' })], [{ key: 'fast', figures }]);
  expect(fast).toMatchObject({
    calls: 40,
    ttftMs: 120,
    p50Ms: 700,
    p95Ms: 1900,
    errorShare: 0.05,
    tokensPerSecond: 30,
  });
  expect(quiet).toMatchObject({ calls: 0, ttftMs: null, p50Ms: null, errorShare: null, tokensPerSecond: null });
});

test('filters by provider, capability, price and window; what is not known fits no bound', () => {
  expect(fits(model({}), ANY)).toBe(true);
  expect(fits(model({}), { ...ANY, provider: 'other' })).toBe(false);
  expect(fits(model({}), { ...ANY, capability: 'vision' })).toBe(false);
  expect(fits(model({}), { ...ANY, mostInput: '2.5' })).toBe(true);
  expect(fits(model({}), { ...ANY, mostInput: '2.49' })).toBe(false);
  expect(fits(model({ price: null }), { ...ANY, mostInput: '9' })).toBe(false);
  expect(fits(model({}), { ...ANY, leastWindow: '128k' })).toBe(true);
  expect(fits(model({}), { ...ANY, leastWindow: '1M' })).toBe(false);
  expect(fits(model({ contextTokens: null }), { ...ANY, leastWindow: '1' })).toBe(false);
  expect(fits(model({}), { ...ANY, leastWindow: 'many' })).toBe(true);
});
