import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, callStore } from '../requests/calls.suite.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { reconcileProvider } from './reconcile.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let tenant: Tenant;
const CENT = 10_000_000n;

beforeAll(async () => {
  tenant = await kit.tenant('Acme');
  await withModels(tenant.owner);
  const { tenantId } = tenant;
  const provider = await kit.db.within({ tenantId }, (tx) => tx.provider.findFirst({ where: { tenantId } }));
  const providerId = must(provider, 'the provider').id;
  const call = (at: string, more: Partial<Call> = {}): Call => ({
    tenantId,
    atMs: Date.parse(at),
    providerId,
    model: 'swift',
    providerModel: 'gpt-5-2025-08-07',
    inputTokens: 100,
    cachedInputTokens: 40,
    outputTokens: 10,
    costNano: 50n * CENT,
    priceId: newId(),
    usageSource: 'provider',
    ...more,
  });
  await calls.store(
    call('2026-10-01T00:00:00Z'),
    call('2026-10-01T23:59:59Z', { purpose: 'judge' }),
    call('2026-10-02T12:00:00Z'),
    call('2026-10-03T12:00:00Z', { priceId: null, costNano: 0n }),
    call('2026-10-04T12:00:00Z', { providerModel: 'gpt-5-mini', usageSource: 'estimated' }),
    // None of these went to the provider, or not to this one.
    call('2026-10-01T05:00:00Z', { cache: 'hit' }),
    call('2026-10-01T05:00:00Z', { attempts: 0, status: 429, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }),
    call('2026-10-01T05:00:00Z', { status: 502, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costNano: 0n }),
    call('2026-10-01T05:00:00Z', { providerId: newId() }),
  );
});

const ask = (text: unknown, context = tenant.owner) =>
  reconcileProvider(context, { provider: 'simulator', text: typeof text === 'string' ? text : JSON.stringify(text) });
const problem = async (text: unknown): Promise<string> => (await faultOf(ask(text))).issues[0]?.message ?? '';

const seconds = (day: string): number => Date.parse(`2026-10-${day}T00:00:00Z`) / 1000;
const bucket = (day: string, ...results: object[]) => ({
  object: 'bucket',
  start_time: seconds(day),
  end_time: seconds(day) + 86_400,
  results,
});
const used = (requests: number, more: object = {}) => ({
  object: 'organization.usage.completions.result',
  input_tokens: requests * 100,
  output_tokens: requests * 10,
  input_cached_tokens: requests * 40,
  num_model_requests: requests,
  project_id: null,
  model: 'gpt-5-2025-08-07',
  batch: null,
  ...more,
});
const page = (...data: object[]) => ({ object: 'page', data, has_more: false, next_page: null });

describe('an export of OpenAI', () => {
  it('is compared by day and model, with what likely lies behind each difference', async () => {
    const told = page(
      bucket('01', used(1), used(1)),
      bucket('02', used(3)),
      bucket('03', used(1)),
      bucket('04', used(1, { model: 'gpt-5-mini-2025-08-07', output_tokens: 12 })),
      bucket('05', used(2, { model: 'gpt-image' })),
    );
    const found = await ask(told);
    expect(found).toMatchObject({ format: 'OpenAI (JSON)', from: '2026-10-01', to: '2026-10-05', incomplete: false });
    expect([found.agreeing, found.differing]).toEqual([2, 3]);
    expect(found.rows.map(({ day, model, agrees, causes }) => [day, model, agrees, causes])).toEqual([
      ['2026-10-02', 'gpt-5-2025-08-07', false, ['outside']],
      ['2026-10-04', 'gpt-5-mini', false, ['outside', 'estimated']],
      ['2026-10-05', 'gpt-image', false, ['outside', 'modelUnknown']],
      ['2026-10-01', 'gpt-5-2025-08-07', true, []],
      ['2026-10-03', 'gpt-5-2025-08-07', true, []],
    ]);
    const first = found.rows.find(({ day }) => day === '2026-10-01');
    expect(first?.ours).toEqual({
      calls: 2,
      inputTokens: 200,
      cachedInputTokens: 80,
      outputTokens: 20,
      costNano: (100n * CENT).toString(),
    });
    expect(first?.theirs.costNano).toBeNull();
    expect(found.total.theirs.calls).toBe(9);
    expect(found.total.ours.calls).toBe(5);
  });

  it('says that days are cut elsewhere where only the sums agree, and that pages are missing', async () => {
    const told = { ...page(bucket('01', used(1)), bucket('02', used(2)), bucket('03', used(1))), has_more: true };
    const found = await ask([page(), told]);
    expect(found.incomplete).toBe(true);
    expect(found.rows.filter(({ agrees }) => !agrees).map(({ day, causes }) => [day, causes])).toEqual([
      ['2026-10-01', ['timeZone']],
      ['2026-10-02', ['timeZone']],
    ]);
  });

  it('of costs is compared by day, with a price that is missing or another', async () => {
    const cost = (value: number | string, item: string | null = null) => ({
      object: 'organization.costs.result',
      amount: { value, currency: 'usd' },
      line_item: item,
      project_id: null,
    });
    const found = await ask(
      page(bucket('01', cost('0.9999'), cost(1e-7)), bucket('02', cost(0.7)), bucket('03', cost('0.5000000000000000'))),
    );
    expect(found).toMatchObject({ currency: 'USD', agreeing: 1, differing: 2 });
    expect(found.rows.map(({ day, model, theirs, causes }) => [day, model, theirs.costNano, causes])).toEqual([
      ['2026-10-02', null, '700000000', ['price']],
      ['2026-10-03', null, '500000000', ['missingPrice']],
      ['2026-10-01', null, '999900100', []],
    ]);
    const items = await ask(
      page(bucket('02', cost('0.2', 'gpt-5-2025-08-07, input'), cost('0.3', 'gpt-5-2025-08-07, output'))),
    );
    expect(items.rows.map(({ model, agrees }) => [model, agrees])).toEqual([['gpt-5-2025-08-07', true]]);
  });

  it('as its usage page saves it (CSV) is read like the API’s, empty days left out', async () => {
    const header =
      'start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens';
    const line = (day: string, rest: string) => `${seconds(day)},${seconds(day) + 86_400},,,${rest}`;
    const file = [
      header,
      line('01', 'proj,2.0,u,k,gpt-5-2025-08-07,FALSE,default,200.0,20.0,80.0'),
      line('02', ',,,,,,,,,'),
    ];
    const found = await ask(`\uFEFF${file.join('\r\n')}\r\n`);
    expect(found).toMatchObject({ format: 'OpenAI usage (CSV)', agreeing: 1, differing: 0, from: '2026-10-01' });
    const costs = await ask(
      `start_time,amount_value,amount_currency,line_item\n${seconds('02')},0.5000000000000000,usd,\n`,
    );
    expect(costs).toMatchObject({ format: 'OpenAI costs (CSV)', agreeing: 1, currency: 'USD' });
  });
});

describe('an export of Anthropic', () => {
  const bucketOf = (day: string, ...results: object[]) => ({
    starting_at: `2026-10-${day}T00:00:00Z`,
    ending_at: new Date(Date.parse(`2026-10-${day}T00:00:00Z`) + 86_400_000).toISOString(),
    results,
  });
  const report = (...data: object[]) => ({ data, has_more: false, next_page: null });

  it('adds its classes of input up, and tells no number of calls', async () => {
    const used = {
      api_key_id: null,
      cache_creation: { ephemeral_1h_input_tokens: 10, ephemeral_5m_input_tokens: 20 },
      cache_read_input_tokens: 40,
      model: 'gpt-5-2025-08-07',
      output_tokens: 10,
      server_tool_use: { web_search_requests: 0 },
      uncached_input_tokens: 30,
    };
    const found = await ask(report(bucketOf('02', used)));
    expect(found).toMatchObject({ format: 'Anthropic (JSON)', agreeing: 1, differing: 0 });
    expect(found.rows[0]?.theirs).toMatchObject({ calls: null, inputTokens: 100, cachedInputTokens: 40 });
  });

  it('tells costs in cents', async () => {
    const cost = {
      amount: '50.0',
      currency: 'USD',
      cost_type: 'tokens',
      model: 'gpt-5-2025-08-07',
      workspace_id: null,
    };
    const search = { ...cost, amount: '12.3', cost_type: 'web_search', model: null };
    const found = await ask(report(bucketOf('02', cost, search)));
    expect(found.rows.map(({ model, agrees, theirs, causes }) => [model, agrees, theirs.costNano, causes])).toEqual([
      ['web_search', false, '123000000', ['outside', 'modelUnknown']],
      ['gpt-5-2025-08-07', true, '500000000', []],
    ]);
  });

  it('as its console saves it (CSV) is read too; its costs by whole days', async () => {
    const usage = `usage_date_utc,model_version,api_key,workspace,usage_type,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count
2026-10-02,gpt-5-2025-08-07,key,Default,standard,60,0,0,40,10,0
`;
    expect(await ask(usage)).toMatchObject({ format: 'Anthropic usage (CSV)', agreeing: 1, differing: 0 });
    const costs = `usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,cost_type
2026-10-02,Claude Nine,Default,key,message,"≤ 200k",input_no_cache,0.3,token
2026-10-02,Claude Nine,Default,key,message,"≤ 200k",output,0.2,token
`;
    expect(await ask(costs)).toMatchObject({ format: 'Anthropic costs (CSV)', agreeing: 1, differing: 0 });
  });
});

describe('what is no export', () => {
  it('is refused with the place and what is wrong there', async () => {
    expect(await problem('day,model\n2026-10-01,x\n')).toMatch(/^Line 1: these columns are of no export that is known/);
    const csv = 'start_time,amount_value,amount_currency,line_item\n';
    expect(await problem(`${csv}${seconds('01')},1.0,usd,\n${seconds('02')},a lot,usd,\n`)).toBe(
      'Line 3, amount_value: must be an amount such as 12.34, not "a lot".',
    );
    expect(await problem(`${csv}${seconds('01')},1.0\n`)).toBe('Line 2: has 2 fields, the first line 4.');
    expect(await problem('{"object":"page",')).toMatch(/is no JSON/);
    expect(await problem(page())).toBe('The export: says nothing of any day.');
    expect(await problem(page(bucket('01', used(1), used(1, { input_tokens: -5 }))))).toBe(
      'data[0].results[1].input_tokens: must be a whole number from 0, not -5.',
    );
    expect(await problem(page(bucket('01', used(1, { model: null }))))).toContain('group_by=model');
    expect(await problem(page({ ...bucket('01', used(1)), end_time: seconds('09') }))).toContain('of a day at most');
    expect(await problem(page(bucket('01', { object: 'organization.usage.images.result' })))).toContain(
      'must be one of',
    );
    expect(await problem([page(bucket('01', used(1))), 7])).toBe('[1]: must be an object.');
    expect(await problem('{"data":[{"starting_at":"soon","ending_at":"later","results":[]}]}')).toContain(
      'must be a date',
    );
  });
});

it('leaves one entry in the audit log with the sums, and nothing of the export', async () => {
  const before = await kit.tenant('Other');
  await withModels(before.owner);
  await ask(page(bucket('01', used(4, { model: 'a-secret-model' }))), before.owner);
  const entries = await kit.db.within({ tenantId: before.tenantId }, (tx) =>
    tx.auditEntry.findMany({ where: { tenantId: before.tenantId, action: 'providers.reconcile' } }),
  );
  expect(entries).toHaveLength(1);
  const text = JSON.stringify(entries, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  expect(text).toContain('"calls":4');
  expect(text).not.toContain('a-secret-model');
  // Calls of the other tenant are not its own.
  expect(text).toContain('"differing":1');
});

it('is for who may see money', async () => {
  const developer = await tenant.as('developer');
  expect((await faultOf(ask(page(), developer))).code).toBe('forbidden');
  const stranger = await kit.tenant();
  expect((await faultOf(ask(page(bucket('01', used(1))), stranger.owner))).code).toBe('not_found');
});
