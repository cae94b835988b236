import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { declarationSchema } from '@parley/contracts/declaration';
import { type TestContext, testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { applyDeclaration } from './apply.ts';
import { diffDeclaration } from './diff.ts';
import { exportDeclaration } from './export.ts';

/** The demo's own declaration is the sample: what `npm start` applies is what these tests prove. */
async function demo(tenant: string) {
  const file = fileURLToPath(new URL('../../../../infra/demo/aurora.yaml', import.meta.url));
  const text = (await readFile(file, 'utf8')).replaceAll(/\$\{[A-Z_]+\}/g, 'http://127.0.0.1:9');
  return declarationSchema.parse({ ...(parse(text) as object), tenant });
}

let kit: TestContext;
beforeAll(() => {
  kit = testContext();
});
afterAll(() => kit.close());

test('an empty tenant becomes what the document says; applying again does nothing; its export is the same document', async () => {
  const { owner, slug } = await kit.tenant();
  const wanted = await demo(slug);
  const first = await applyDeclaration(owner, wanted);
  expect(first.steps.length).toBeGreaterThan(20);
  const second = await applyDeclaration(owner, wanted);
  expect(second.steps).toEqual([]);
  const exported = await exportDeclaration(owner, {});
  expect((await diffDeclaration(owner, exported)).steps).toEqual([]);
  expect(JSON.stringify(exported)).not.toContain('sim-demo');
  const other = await kit.tenant();
  const { tenant: _, ...elsewhere } = exported;
  const withSecret = {
    ...elsewhere,
    providers: elsewhere.providers.map((one) => ({
      ...one,
      keys: one.keys.map((key) => ({ ...key, secret: 'sim-other' })),
    })),
  };
  await applyDeclaration(other.owner, withSecret);
  const copied = await exportDeclaration(other.owner, {});
  expect({ ...copied, tenant: '' }).toEqual({ ...exported, tenant: '' });
});

test('one refused step leaves nothing behind', async () => {
  const { owner, slug } = await kit.tenant();
  const wanted = await demo(slug);
  const broken = {
    ...wanted,
    apis: wanted.apis.map((api) =>
      api.slug === 'chat'
        ? { ...api, versions: [{ version: 'v1', state: 'published' as const, models: ['no-such-model'] }] }
        : api,
    ),
  };
  await expect(applyDeclaration(owner, broken)).rejects.toThrow(/chat\/v1/);
  const left = await exportDeclaration(owner, {});
  expect([left.providers, left.models, left.prompts, left.apis]).toEqual([[], [], [], []]);
});

test('each step needs its own permission: a developer may not publish by applying', async () => {
  const tenant = await kit.tenant();
  const developer = await tenant.as('developer');
  await expect(applyDeclaration(developer, await demo(tenant.slug))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(
    applyDeclaration(developer, { parley: 1, applications: [{ slug: 'mine', name: 'Mine', keys: [{ name: 'k' }] }] }),
  ).resolves.toMatchObject({
    keys: [{ application: 'mine', name: 'k', secret: expect.stringMatching(/^pk_live_/) }],
  });
});

test('two runs at once make everything once', async () => {
  const { owner, slug } = await kit.tenant();
  const wanted = await demo(slug);
  const [a, b] = await Promise.all([applyDeclaration(owner, wanted), applyDeclaration(owner, wanted)]);
  expect([a.steps.length, b.steps.length].sort((x, y) => x - y)[0]).toBe(0);
});

test('providers of the table and models of the catalogue need little said, and read back in full', async () => {
  const { owner } = await kit.tenant();
  const document = {
    parley: 1 as const,
    providers: [
      {
        slug: 'claude',
        name: 'Anthropic',
        preset: 'anthropic',
        keys: [{ label: 'main', secret: 'sk-ant-0123456789' }],
      },
      { slug: 'aws', name: 'Bedrock', preset: 'bedrock', settings: { region: 'eu-central-1' } },
    ],
    models: [
      { slug: 'opus', provider: 'claude', catalogue: 'anthropic/claude-opus-5-5' },
      {
        slug: 'dear',
        provider: 'claude',
        catalogue: 'anthropic/claude-sonnet-5',
        price: { input: '20', output: '90' },
      },
      {
        slug: 'sold-by-units',
        provider: 'aws',
        providerModel: 'x',
        price: {
          perImage: '0.040',
          imageClasses: [{ quality: 'high', perImage: '0.170' }],
          perAudioHour: '0.36',
          tiers: [{ aboveInputTokens: 200_000, input: '2.50', output: '15', cachedInput: '0.250' }],
        },
      },
    ],
  };
  await applyDeclaration(owner, document);
  expect((await applyDeclaration(owner, document)).steps).toEqual([]);
  const exported = await exportDeclaration(owner, {});
  expect(exported.providers).toMatchObject([
    { slug: 'aws', format: 'bedrock', baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com' },
    { slug: 'claude', preset: 'anthropic', format: 'anthropic', baseUrl: 'https://api.anthropic.com' },
  ]);
  expect(exported.models).toMatchObject([
    { slug: 'dear', providerModel: 'claude-sonnet-5', price: { input: '20', output: '90' } },
    { slug: 'opus', providerModel: 'claude-opus-5-5', contextTokens: 1_000_000, price: { input: '4', output: '20' } },
    { slug: 'sold-by-units', price: { input: '0', perImage: '0.04', tiers: [{ input: '2.5', reasoning: '15' }] } },
  ]);
  expect((await diffDeclaration(owner, exported)).steps).toEqual([]);
});

test('what a provider speaks stays as it was made', async () => {
  const { owner } = await kit.tenant();
  const provider = { slug: 'p', name: 'P', baseUrl: 'https://p.example/v1' };
  await applyDeclaration(owner, { parley: 1, providers: [provider] });
  const other = { parley: 1 as const, providers: [{ ...provider, format: 'anthropic' as const }] };
  await expect(applyDeclaration(owner, other)).rejects.toThrow(/stays/);
});
