import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { createKey } from '../keys/create.ts';
import { type Call, callStore } from '../requests/calls.suite.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { createTeam } from '../teams/create.ts';
import { faultOf } from '../test/publisher.ts';
import { COST_SPLITS } from './cost-facts.ts';
import { exportCosts } from './export.ts';
import { rollUp } from './hours.suite.ts';
import { reportCosts } from './report.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

const HOUR = 3_600_000;
const OCTOBER = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let publisher: Tenant;
let customer: Tenant;
let stranger: Tenant;
let apiId: string;

/** What the hours themselves say, asked of the database in plain words. */
async function stored(tenantId: string): Promise<{ requests: number; tokens: number; usd: string; eur: string }> {
  const [row] = await calls.db.within(
    {},
    (tx) => tx.$queryRaw<{ requests: number; tokens: number; usd: string; eur: string }[]>`
      SELECT sum(requests)::int AS requests, sum(input_tokens + output_tokens)::int AS tokens,
        (sum(cost_nano) FILTER (WHERE currency = 'USD'))::text AS usd, (sum(cost_nano) FILTER (WHERE currency = 'EUR'))::text AS eur
      FROM usage_rollups WHERE tenant_id = ${tenantId}::uuid`,
  );
  if (!row) throw new Error('no hours');
  return row;
}

beforeAll(async () => {
  publisher = await kit.tenant('Acme');
  customer = await kit.tenant('Shop');
  stranger = await kit.tenant('Elsewhere');
  const api = await publishedApi(kit.db, publisher.tenantId, { name: '=HYPERLINK("https://x.example")', slug: 'maps' });
  apiId = api.id;
  const { id: teamId } = await createTeam(publisher.owner, { slug: 'blue', name: 'Blue' });
  const own = await createApplication(publisher.owner, { slug: 'desk', name: 'Desk' });
  await kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
    tx.application.updateMany({ where: { id: own.id }, data: { teamId } }),
  );
  const theirs = await createApplication(customer.owner, { slug: 'shop', name: 'Shop' });
  const mainKey = await createKey(publisher.owner, { application: 'desk', name: 'Main' });
  const theirKey = await createKey(customer.owner, { application: 'shop', name: 'Theirs' });
  await requestSubscription(customer.owner, {
    application: 'shop',
    publisher: publisher.slug,
    api: 'maps',
    plan: 'free',
  });
  const models = ['@swift, "quoted"', 'deep', null];

  // Every 7th hour of the month, so that days and zones of half an hour are all crossed.
  const list = Array.from({ length: 106 }, (_, i): Call => {
    const mine = i % 3 !== 0;
    return {
      tenantId: publisher.tenantId,
      atMs: Date.parse(OCTOBER.from) + i * 7 * HOUR + (i % 2) * 1_799_000,
      consumerTenantId: mine ? publisher.tenantId : customer.tenantId,
      applicationId: mine ? own.id : theirs.id,
      keyId: mine ? mainKey.id : theirKey.id,
      apiId: i % 10 === 0 ? null : apiId,
      model: models[i % 3] ?? null,
      inputTokens: i,
      outputTokens: 2 * i,
      costNano: BigInt(i * i) * 1_000_003n,
      currency: i % 11 === 0 ? 'EUR' : 'USD',
      endUser: i % 4 === 0 ? `user-${i % 3}` : null,
      ...(i % 5 === 0 ? { tags: { project: i % 2 ? 'atlas' : 'zeus', env: 'prod' } } : {}),
      purpose: i % 13 === 0 ? 'judge' : null,
    };
  });
  await calls.store(...list, { tenantId: stranger.tenantId, atMs: Date.parse(OCTOBER.from) + HOUR, costNano: 9_999n });
  for (const { tenantId } of [publisher, customer, stranger]) await rollUp(calls.db, tenantId);
});

describe('the cost report', () => {
  it.each(COST_SPLITS)('by %s adds up to the total, to its steps and to the stored hours', async (by) => {
    const report = await reportCosts(publisher.owner, { by, tag: 'project', ...OCTOBER, limit: 500 });
    const { requests, tokens, usd, eur } = await stored(publisher.tenantId);
    const costs = [
      { currency: 'EUR', nano: eur },
      { currency: 'USD', nano: usd },
    ];
    expect(report.total).toEqual({ requests, tokens, costs });
    expect(report.currency).toBe('USD');
    const sum = (of: (row: (typeof report.rows)[number]) => bigint): bigint =>
      report.rows.reduce((all, row) => all + of(row), 0n);
    expect(sum((row) => BigInt(row.requests))).toBe(BigInt(requests));
    expect(sum((row) => BigInt(row.tokens))).toBe(BigInt(tokens));
    for (const { currency, nano } of costs) {
      expect(sum(({ costs: of }) => BigInt(of.find((cost) => cost.currency === currency)?.nano ?? '0'))).toBe(
        BigInt(nano),
      );
    }
    expect(sum(({ points }) => points.reduce((all, nano) => all + BigInt(nano), 0n))).toBe(BigInt(usd));
    expect(report.rows.length).toBeGreaterThan(1);
    expect(report.steps).toHaveLength(31);
  });

  it('names what the tenant may see, and keeps calls without a thing together', async () => {
    const names = async (by: (typeof COST_SPLITS)[number]) =>
      (await reportCosts(publisher.owner, { by, tag: 'project', ...OCTOBER })).rows.map(
        ({ key, name }) => name?.name ?? (key && '(hidden)'),
      );
    expect((await names('team')).toSorted()).toEqual(['', 'Blue']);
    expect((await names('application')).toSorted()).toEqual(['Desk', 'Shop']);
    expect((await names('key')).toSorted()).toEqual(['(hidden)', 'Main']);
    expect((await names('consumer')).toSorted()).toEqual(['Acme', 'Shop']);
    expect((await names('tag')).toSorted()).toEqual(['', 'atlas', 'zeus']);
    expect((await names('endUser')).toSorted()).toEqual(['', 'user-0', 'user-1', 'user-2']);
    const hidden = await reportCosts(publisher.owner, { by: 'model', ...OCTOBER, limit: 1 });
    expect(hidden.rest?.groups).toBe(2);
    expect((await faultOf(reportCosts(publisher.owner, { by: 'tag', ...OCTOBER }))).issues[0]?.path).toBe('tag');
  });

  it('begins days at the zone’s midnight, neighbouring ranges sharing no hour and losing none', async () => {
    for (const [timeZone, offset] of [
      ['UTC', '+00:00'],
      ['Europe/Berlin', '+02:00'],
      ['Asia/Kolkata', '+05:30'],
      ['America/St_Johns', '-02:30'],
    ] as const) {
      const first = '2026-10-05T00:00:00';
      const middle = '2026-10-15T00:00:00';
      const end = '2026-10-25T00:00:00';
      const utc = (local: string) => new Date(local + offset).toISOString();
      const report = (from: string, to: string) =>
        reportCosts(publisher.owner, { from: utc(from), to: utc(to), timeZone });
      const [whole, before, after] = [await report(first, end), await report(first, middle), await report(middle, end)];
      expect(before.total.requests + after.total.requests, timeZone).toBe(whole.total.requests);
      expect(whole.steps).toHaveLength(20);
      expect(whole.steps[0]).toBe(new Date(first + offset).toISOString());
    }
  });

  it('counts a day of 25 hours whole, and its days apart', async () => {
    // Clocks go back in Berlin on 25 October 2026 at 01:00 UTC.
    const days = { from: '2026-10-20T22:00:00Z', to: '2026-10-31T23:00:00Z', timeZone: 'Europe/Berlin' };
    const { steps } = await reportCosts(publisher.owner, days);
    expect(steps).toHaveLength(11);
    expect(steps[4]).toBe('2026-10-24T22:00:00.000Z');
    expect(steps[5]).toBe('2026-10-25T23:00:00.000Z');
  });

  it('takes whole hours where less was asked for', async () => {
    const at = Date.parse(OCTOBER.from) + 7 * HOUR;
    const some = (ms: number) => new Date(at + ms).toISOString();
    const report = await reportCosts(publisher.owner, { from: some(600_000), to: some(1_200_000) });
    expect([report.from, report.to, report.steps]).toEqual([some(0), some(HOUR), [some(0)]]);
    expect(report.total.requests).toBe(1);
    expect(report.rows[0]?.points).toEqual([report.total.costs[0]?.nano]);
  });

  it('tells nobody what another tenant pays, customers included', async () => {
    expect((await reportCosts(customer.owner, OCTOBER)).total).toEqual({ requests: 0, tokens: 0, costs: [] });
    expect((await exportCosts(customer.owner, OCTOBER)).count).toBe(0);
    const own = await reportCosts(stranger.owner, OCTOBER);
    expect(own.total).toEqual({ requests: 1, tokens: 0, costs: [{ currency: 'USD', nano: '9999' }] });
    const nobody = await publisher.as(['apis.read']);
    for (const ask of [reportCosts, exportCosts]) expect((await faultOf(ask(nobody, OCTOBER))).code).toBe('forbidden');
  });
});

const COLUMNS =
  'day,consumer,team,application,application_id,key,key_id,api,model,requests,input_tokens,output_tokens,cost,cost_nano,currency';

/** A CSV file as RFC 4180 says it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('the charge-back', () => {
  it('has the same columns for ever, one line for each day and combination, and the report’s sums', async () => {
    const csv = await exportCosts(publisher.owner, OCTOBER);
    const [header, ...lines] = parseCsv(csv.text);
    expect(header?.join(',')).toBe(COLUMNS);
    expect(lines).toHaveLength(csv.count);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([15]));
    const identity = lines.map((line) => [...line.slice(0, 9), line[14]].join('|'));
    expect(new Set(identity).size).toBe(lines.length);
    const { usd } = await stored(publisher.tenantId);
    const sum = lines.reduce((all, line) => (line[14] === 'USD' ? all + BigInt(line[13] ?? '') : all), 0n);
    expect(sum.toString()).toBe(usd);
    expect(csv.fileName).toBe('costs-2026-10-01-2026-10-31.csv');
    expect((await exportCosts(publisher.owner, OCTOBER)).text).toBe(csv.text);
  });

  it('cannot make a spreadsheet run what somebody chose as a name', async () => {
    const { text } = await exportCosts(publisher.owner, OCTOBER);
    const lines = parseCsv(text).slice(1);
    expect(lines.some((line) => line[8] === `'@swift, "quoted"`)).toBe(true);
    for (const value of lines.flat()) expect(value).not.toMatch(/^[=+\-@\t\r\n]/);
  });

  it('as JSON lines is flat and typed alike in every line: amounts as decimal strings, counts as numbers', async () => {
    const { text, count } = await exportCosts(publisher.owner, { ...OCTOBER, format: 'jsonl' });
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    const [numbers, texts] = [new Set(['requests', 'input_tokens', 'output_tokens']), new Set<string>()];
    for (const line of lines) {
      const row: Record<string, unknown> = JSON.parse(line);
      expect(Object.keys(row).join(',')).toBe(COLUMNS);
      for (const [name, value] of Object.entries(row)) {
        if (numbers.has(name)) expect(Number.isSafeInteger(value), name).toBe(true);
        else if (value !== null) expect(typeof value, name).toBe('string');
        if (typeof value === 'string') texts.add(name);
      }
      expect(row['cost_nano']).toMatch(/^\d+$/);
      expect(row['cost']).toMatch(/^\d+(\.\d{1,9})?$/);
    }
    expect(texts.size).toBe(12);
    expect(lines.some((line) => line.includes('"model":"@swift, \\"quoted\\""'))).toBe(true);
  });

  it('writes days of the asked zone, also where a range of hours is asked for', async () => {
    const asked = { from: '2026-10-01T21:00:00Z', to: '2026-10-03T22:00:00Z', timeZone: 'Europe/Berlin' };
    const file = await exportCosts(publisher.owner, asked);
    expect(file.fileName).toBe('costs-2026-10-01-2026-10-03.csv');
    const days = parseCsv(file.text).slice(1);
    // Calls every 7 hours from the month's midnight: 21:00, 04:00, 11:00, 18:00, 01:00, 08:00, 15:00 UTC.
    expect(days.map(([day = '']) => day)).toEqual(
      ['01', '02', '02', '02', '03', '03', '03'].map((day) => `2026-10-${day}`),
    );
  });

  it('names nothing of customers but the applications that subscribed: their teams and keys stand as ids', async () => {
    const { text } = await exportCosts(publisher.owner, { ...OCTOBER, format: 'jsonl' });
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    const theirs = rows.filter((row) => row['consumer'] === customer.slug);
    expect(theirs.length).toBeGreaterThan(0);
    for (const row of theirs) expect([row['application'], row['team'], row['key']]).toEqual(['shop', null, null]);
    for (const row of rows.filter(({ consumer }) => consumer === publisher.slug)) {
      expect([row['application'], row['team'], row['key']]).toEqual(['desk', 'blue', 'Main']);
    }
  });
});
