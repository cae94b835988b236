import { type Declaration, type DeclarationInput, declarationSchema } from '@parley/contracts/declaration';
import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import type { TenantState } from './plan.ts';

const definition = {
  model: 'fast',
  messages: [{ role: 'user' as const, text: 'Say {{word}}' }],
  variables: [{ name: 'word', type: 'string' as const }],
  settings: {},
  output: { kind: 'text' as const },
};

const full: DeclarationInput = {
  parley: 1,
  tenant: 'acme',
  providers: [{ slug: 'sim', name: 'Simulator', baseUrl: 'http://127.0.0.1:1/v1', keys: [{ label: 'main' }] }],
  models: [
    {
      slug: 'fast',
      name: 'Fast',
      provider: 'sim',
      providerModel: 'sim-small',
      price: { input: '0.15', cachedInput: '0.15', output: '0.6', reasoning: '0.6', perRequest: '0' },
    },
  ],
  prompts: [{ slug: 'echo', name: 'Echo', definition }],
  apis: [
    {
      slug: 'echo',
      name: 'Echo',
      kind: 'prompt',
      plans: [{ slug: 'free', name: 'Free', approval: 'auto', limits: [{ requests: 5, windowSeconds: 60 }] }],
      versions: [{ version: 'v1', state: 'published', prompt: 'echo', promptVersion: 1 }],
    },
  ],
  applications: [
    { slug: 'app', name: 'App', keys: [{ name: 'main' }], subscriptions: [{ api: 'acme/echo', plan: 'free' }] },
  ],
};

function state(input: DeclarationInput, numbers: Record<string, number> = { echo: 1 }): TenantState {
  return { declaration: declarationSchema.parse(input), latestPromptNumbers: new Map(Object.entries(numbers)) };
}

function names(have: TenantState, want: DeclarationInput): string[] {
  return compare(have, declarationSchema.parse(want)).map((step) => `${step.action} ${step.kind} ${step.name}`);
}

function edited(change: (one: Declaration) => void): DeclarationInput {
  const copy = declarationSchema.parse(structuredClone(full));
  change(copy);
  return copy;
}

test('a tenant compared with its own export has nothing to do', () => {
  expect(names(state(full), full)).toEqual([]);
});

test('an empty tenant gets everything, each thing after what it stands on', () => {
  expect(names(state({ parley: 1, tenant: 'acme' }, {}), full)).toEqual([
    'create provider sim',
    'create provider key sim/main',
    'create model fast',
    'create price fast',
    'create prompt echo',
    'create api echo',
    'create plan echo/free',
    'create api version echo/v1',
    'create definition echo/v1',
    'move state echo/v1',
    'create application app',
    'create key app/main',
    'request subscription app → acme/echo',
  ]);
});

test('what the document leaves out is left alone', () => {
  expect(names(state(full), { parley: 1 })).toEqual([]);
});

test('equal amounts in other writing are no change; another amount is one new price', () => {
  const same = edited((one) => {
    if (one.models[0]?.price) one.models[0].price = { currency: 'USD', input: '0.150', output: '0.60' };
  });
  expect(names(state(full), same)).toEqual([]);
  const dearer = edited((one) => {
    if (one.models[0]?.price) one.models[0].price.input = '0.20';
  });
  expect(names(state(full), dearer)).toEqual(['update price fast']);
});

test('a changed prompt is saved, and served where the latest is asked for but not where a number is', () => {
  const pinned = edited((one) => {
    if (one.prompts[0]) one.prompts[0].definition.messages = [{ role: 'user', text: 'Shout {{word}}' }];
  });
  expect(names(state(full), pinned)).toEqual(['update prompt version echo']);
  const latest = edited((one) => {
    if (one.prompts[0]) one.prompts[0].definition.messages = [{ role: 'user', text: 'Shout {{word}}' }];
    delete one.apis[0]?.versions[0]?.promptVersion;
  });
  expect(names(state(full), latest)).toEqual(['update prompt version echo', 'update definition echo/v1']);
});

test('the latest is asked for and a newer one was saved elsewhere', () => {
  const latest = edited((one) => {
    delete one.apis[0]?.versions[0]?.promptVersion;
  });
  expect(names(state(full), latest)).toEqual([]);
  expect(names(state(full, { echo: 2 }), latest)).toEqual(['update definition echo/v1']);
});

test('another tenant, another kind of API, another plan of a held subscription: refused before anything is done', () => {
  expect(() => names(state(full), { parley: 1, tenant: 'other' })).toThrow(/belongs to “acme”/);
  const kind = edited((one) => {
    if (one.apis[0]) one.apis[0].kind = 'llm';
  });
  expect(() => names(state(full), kind)).toThrow(/cannot become llm/);
  const plan = edited((one) => {
    if (one.applications[0]?.subscriptions[0]) one.applications[0].subscriptions[0].plan = 'gold';
  });
  expect(() => names(state(full), plan)).toThrow(/Cancel that subscription/);
});
