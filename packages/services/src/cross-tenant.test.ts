import { Fault } from '@parley/kernel/fault';
import { type TestContext, type TestTenant, testContext } from '@parley/testkit/context';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollection } from './collections/create.ts';
import { applyDeclaration } from './declarations/apply.ts';
import { addDocument } from './documents/add.ts';
import { VERBS } from './registry.ts';
import type { AnyVerb } from './verb.ts';

/**
 * Generated from the registry: every verb is called by the owner of one tenant with the names and ids of everything in
 * another. Whatever it answers, it must not change a row there nor tell anything of it.
 */
const MARK = 'hush-hush';

let kit: TestContext;
let theirs: TestTenant;
let ours: TestTenant;
let ids: string[] = [];
const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });

beforeAll(async () => {
  await owner.connect();
  kit = testContext();
  theirs = await kit.tenant();
  ours = await kit.tenant();
  await fill(theirs);
  ids = await idsOf(theirs.tenantId);
});

afterAll(async () => {
  await kit.close();
  await owner.end();
});

/** A tenant with one of everything, all of it private. */
async function fill(tenant: TestTenant): Promise<void> {
  await createCollection(tenant.owner, { slug: 'hidden', name: MARK });
  await addDocument(tenant.owner, { collection: 'hidden', title: MARK, content: MARK });
  await applyDeclaration(tenant.owner, {
    parley: 1,
    providers: [
      { slug: 'hidden', name: MARK, baseUrl: 'https://provider.example/v1', keys: [{ label: MARK, secret: MARK }] },
    ],
    models: [
      { slug: 'hidden', name: MARK, provider: 'hidden', providerModel: MARK, price: { input: '1', output: '2' } },
    ],
    upstreams: [{ slug: 'hidden', name: MARK, baseUrl: 'https://upstream.example' }],
    prompts: [
      {
        slug: 'hidden',
        name: MARK,
        definition: {
          model: 'hidden',
          messages: [{ role: 'user', text: MARK }],
          variables: [],
          settings: {},
          output: { kind: 'text' },
        },
      },
    ],
    apis: [
      {
        slug: 'hidden',
        name: MARK,
        kind: 'prompt',
        summary: MARK,
        plans: [{ slug: 'hidden', name: MARK, approval: 'auto' }],
        versions: [{ version: 'v1', state: 'published', prompt: 'hidden' }],
      },
    ],
    applications: [
      {
        slug: 'hidden',
        name: MARK,
        keys: [{ name: MARK }],
        subscriptions: [{ api: `${tenant.slug}/hidden`, plan: 'hidden' }],
      },
    ],
  });
}

async function tenantTables(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** One text over every row of a tenant, in every table there is. */
async function fingerprint(tenantId: string): Promise<string> {
  const parts: string[] = [];
  for (const table of await tenantTables()) {
    const { rows } = await owner.query<{ sum: string | null }>(
      `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM "${table}" t WHERE tenant_id = $1`,
      [tenantId],
    );
    parts.push(`${table} ${rows[0]?.sum ?? '-'}`);
  }
  const { rows } = await owner.query<{ row: string }>('SELECT t::text AS row FROM tenants t WHERE id = $1', [tenantId]);
  return [...parts, rows[0]?.row].join('\n');
}

/** Of each kind of thing at most two: one audit entry is as good as another. */
async function idsOf(tenantId: string): Promise<string[]> {
  const found = new Set<string>([tenantId]);
  for (const table of await tenantTables()) {
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) AS row FROM "${table}" t WHERE tenant_id = $1`,
      [tenantId],
    );
    for (const { row } of rows.slice(0, 2)) if (typeof row['id'] === 'string') found.add(row['id']);
  }
  return [...found];
}

const PLAIN: readonly unknown[] = [
  'hidden',
  'v1',
  1,
  true,
  'a plain word',
  [],
  {},
  '2099-01-01T00:00:00.000Z',
  'someone@example.test',
  'hidden.example.com',
  'https://elsewhere.example',
  '2.50',
  'UTC',
  'USD',
  '/hidden',
  ['hidden'],
  [1],
  3600,
  'correct horse battery',
  ['tenant.read'],
  'text',
  'chat',
  'GET',
  'pk_live_hidden',
  '2026-01',
  null,
  'model:ask',
  'model:hidden/hidden',
];

/**
 * An input that the verb's own schema takes, found by trial: start with the other tenant's names in every field, then try
 * further values wherever the schema objects. `null` when none was found.
 */
function inputFor(verb: AnyVerb, prefer: readonly unknown[]): unknown {
  const candidates = [...prefer, ...PLAIN];
  const shape = (verb.spec.input as unknown as { shape?: Record<string, unknown> }).shape ?? {};
  const input: Record<string, unknown> = Object.fromEntries(Object.keys(shape).map((field) => [field, candidates[0]]));
  const tried = new Map<string, number>();
  for (let round = 0; round < 400; round++) {
    const parsed = verb.spec.input.safeParse(input);
    if (parsed.success) return input;
    for (const field of new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? '')))) {
      if (!(field in input)) return null;
      const next = (tried.get(field) ?? 0) + 1;
      tried.set(field, next);
      if (next < candidates.length) input[field] = candidates[next];
      else delete input[field];
    }
  }
  return null;
}

/** Calls a verb as the owner of our tenant: its answer or its refusal must not hold the other tenant's mark. */
async function tellsNothing(verb: AnyVerb, input: unknown): Promise<void> {
  try {
    const told = JSON.stringify(await verb.invoke(ours.owner, input));
    expect(told.includes(MARK), `${verb.spec.name} told ${told.slice(0, 300)}`).toBe(false);
  } catch (error) {
    if (!(error instanceof Fault)) throw new Error(`${verb.spec.name} failed with ${String(error)}`, { cause: error });
    expect(error.message, verb.spec.name).not.toContain(MARK);
  }
}

/** Verbs whose inputs are not found by trial: they are tested with their own nouns, or take nothing of any tenant. */
const TOO_PARTICULAR = new Set([
  'apis.create',
  'apiVersions.setDefinition',
  'budgets.decideIncrease',
  'policies.tryMapping',
  'prompts.preview',
  'prompts.publish',
  'prompts.saveVersion',
  'subscriptions.decide',
  'usage.breakdown',
]);
const BOUND = VERBS.filter(({ spec }) => spec.access !== 'public' && spec.access !== 'person');

test('no verb changes or tells anything of another tenant', async () => {
  const before = await fingerprint(theirs.tenantId);
  const reached: string[] = [];
  const notReached: string[] = [];
  for (const verb of BOUND) {
    const inputs = ['hidden', ...ids].flatMap((name) => {
      const input = inputFor(verb, [name, theirs.slug]);
      return input === null ? [] : [{ input, named: JSON.stringify(input).includes(name) }];
    });
    (inputs.length > 0 ? reached : notReached).push(verb.spec.name);
    // What takes no names or ids is tried once.
    const tried = inputs.some(({ named }) => named) ? inputs : inputs.slice(0, 1);
    await Promise.all(tried.map(({ input }) => tellsNothing(verb, input)));
  }
  expect(await fingerprint(theirs.tenantId)).toBe(before);
  expect(notReached.filter((name) => !TOO_PARTICULAR.has(name))).toEqual([]);
  expect(reached.length).toBeGreaterThan(50);
}, 300_000);

test('a person without membership cannot open the tenant at all', async () => {
  const stranger = await kit.person();
  for (const verb of BOUND) {
    await expect(verb.invoke({ ...stranger.context, tenantId: null }, {}), verb.spec.name).rejects.toMatchObject({
      code: 'forbidden',
    });
  }
});
