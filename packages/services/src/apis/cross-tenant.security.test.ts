import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { VERBS } from '../registry.ts';
import { faultOf, withPromptApi, withRestDraft } from '../test/publisher.ts';
import type { AnyVerb } from '../verb.ts';

const NOUNS = [
  'providers',
  'providerKeys',
  'models',
  'modelPrices',
  'upstreams',
  'prompts',
  'promptLabels',
  'promptDatasets',
  'promptRuns',
  'promptPartials',
  'apis',
  'apiVersions',
  'apiAliases',
  'plans',
  'deliveries',
  'webhookDestinations',
  'guardrails',
  'billingAccounts',
  'creditGrants',
  'invoices',
  'billingProfile',
  'creditNotes',
  'taxRates',
  'collections',
  'documents',
];
const verbs = VERBS.filter((verb) => NOUNS.includes(verb.spec.name.split('.')[0] ?? ''));

/** Whatever a verb of a publisher may be asked, about things of the tenant that is not open. */
const ABOUT_ANOTHER = {
  id: newId(),
  account: newId(),
  grant: newId(),
  invoice: newId(),
  reference: 'x',
  rate: newId(),
  creditNote: newId(),
  percent: '5',
  exempt: false,
  reason: 'x',
  customer: 'nobody-here',
  amount: '5',
  event: 'evt_unknown',
  until: '2026-01-02T00:00:00Z',
  provider: 'simulator',
  model: 'swift',
  upstream: 'shop',
  prompt: 'greeting',
  api: 'greet',
  version: 'v1',
  alias: 'latest',
  label: 'production',
  partial: 'tone',
  collection: 'handbook',
  document: newId(),
  title: 'x',
  query: 'x',
  dataset: 'cases',
  rows: [],
  run: newId(),
  versions: [1],
  promptVersion: 1,
  plan: 'free',
  key: newId(),
  revision: 1,
  from: 1,
  to: 1,
  name: 'Taken over',
  slug: 'fresh',
  secret: 'x',
  kind: 'rest',
  input: '1',
  output: '1',
  providerModel: 'x',
  baseUrl: 'https://a.example',
  changelog: '',
  policies: {},
  pricing: {},
  openapi: {},
  definition: {
    kind: 'prompt',
    prompt: 'greeting',
    model: 'swift',
    messages: [{ role: 'user', text: 'Hi' }],
    variables: [],
    settings: {},
    output: { kind: 'text' },
  },
};
/** Where a verb's field of the same name is of another shape. */
const OTHERWISE: Readonly<Record<string, object>> = {
  'creditGrants.give': { kind: 'promotional' },
  'deliveries.replayFailed': { from: '2026-01-01T00:00:00Z' },
  'guardrails.ask': { text: 'Hello', policy: { judge: { model: 'swift' } } },
  'models.addFromCatalogue': { models: ['openai/gpt-4o'] },
  'providers.reconcile': { text: 'x' },
  'prompts.publish': { plan: { slug: 'free', name: 'Free' } },
};
/** Verbs that are about nothing that exists: they make or list things of the open tenant. */
const ABOUT_NOTHING = new Set([
  'providers.create',
  'upstreams.create',
  'apis.create',
  'providers.list',
  'providers.listPresets',
  'models.list',
  'models.previewRequest',
  'upstreams.list',
  'upstreams.listOptions',
  'prompts.list',
  'prompts.preview',
  'promptPartials.list',
  'promptPartials.save',
  'promptPartials.users',
  'apis.list',
  'guardrails.list',
  'guardrails.try',
  'billingAccounts.list',
  'billingProfile.get',
  'billingProfile.set',
  'taxRates.list',
  'creditNotes.list',
  'taxRates.create',
  'collections.create',
  'collections.list',
  'billingAccounts.mine',
  'invoices.list',
  'invoices.mine',
]);

const kit = testContext();
let other: Context;
let victim: string;
beforeAll(async () => {
  const mine = await kit.tenant();
  await withPromptApi(mine.owner);
  await withRestDraft(mine.owner);
  victim = mine.tenantId;
  other = (await kit.tenant()).owner;
});
afterAll(() => kit.close());

/** What the attacked tenant has, as one text. */
const stateOf = (tenantId: string): Promise<string> =>
  kit.db.within({ tenantId }, async (tx) => {
    const where = { where: { tenantId }, orderBy: { id: 'asc' as const } };
    return JSON.stringify(
      [
        await tx.provider.findMany(where),
        await tx.model.findMany(where),
        await tx.upstream.findMany(where),
        await tx.prompt.findMany(where),
        await tx.promptVersion.findMany(where),
        await tx.api.findMany(where),
        await tx.apiVersion.findMany(where),
        await tx.plan.findMany(where),
        await tx.auditEntry.findMany(where),
      ],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
  });

describe('what a publisher has', () => {
  it('is covered by the list below', () => {
    expect(verbs.length).toBeGreaterThan(45);
  });

  it.each(
    verbs
      .filter((verb) => !ABOUT_NOTHING.has(verb.spec.name))
      .map((verb) => [verb.spec.name, verb] as [string, AnyVerb]),
  )('is out of reach of another tenant’s owner through %s', async (_, verb) => {
    const before = await stateOf(victim);
    const fault = await faultOf(verb.invoke(other, { ...ABOUT_ANOTHER, ...OTHERWISE[verb.spec.name] }));
    expect(['not_found', 'invalid_input']).toContain(fault.code);
    if (fault.code === 'invalid_input') expect(JSON.stringify(fault.issues)).toContain('There is no');
    expect(await stateOf(victim)).toBe(before);
  });

  it.each(
    verbs
      .filter((verb) => verb.spec.name.endsWith('.list') && ABOUT_NOTHING.has(verb.spec.name))
      .map((verb) => [verb.spec.name, verb] as [string, AnyVerb]),
  )('is not listed to another tenant by %s, though its API is public', async (_, verb) => {
    expect(await verb.invoke(other, {})).toEqual({ items: [], nextCursor: null });
  });

  it.each(verbs.map((verb) => [verb.spec.name, verb] as [string, AnyVerb]))(
    'asks for a permission before anything else: %s',
    async (_, verb) => {
      const nobody = { ...other, permissions: new Set<never>() };
      expect((await faultOf(verb.invoke(nobody, {}))).code).toBe('forbidden');
      expect((await faultOf(verb.invoke(kit.visitor, {}))).code).toBe('unauthenticated');
    },
  );
});
