import { must } from '@parley/kernel/assert';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { ensureAccount } from '../billing/ensure-account.ts';
import { grantCredit } from '../billing/grant-credit.ts';
import { issueInvoice } from '../billing/issue-invoice.ts';
import { postAccrual, type RatedLine } from '../billing/post-accrual.ts';
import { refund } from '../billing/refund.ts';
import { setPlanPrice } from '../plans/set-price.ts';
import { callStore } from '../requests/calls.suite.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { faultOf } from '../test/publisher.ts';
import { rollUp } from './hours.suite.ts';
import { reportMargin } from './margin.ts';
import { monthNamed, monthRange } from './month-range.ts';

const kit = testContext();
const calls = callStore();
afterAll(() => Promise.all([kit.close(), calls.close()]));

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let publisher: Tenant;
let customer: Tenant;
let api: Awaited<ReturnType<typeof publishedApi>>;
const UNIT = 1_000_000_000n;

beforeAll(async () => {
  publisher = await kit.tenant('Acme');
  customer = await kit.tenant('Shop');
  const { tenantId } = publisher;
  await kit.db.within({ tenantId }, (tx) =>
    tx.tenant.updateMany({ where: { id: tenantId }, data: { timezone: 'Europe/Berlin' } }),
  );
  api = await publishedApi(kit.db, tenantId, { slug: 'maps', name: 'Maps' });
  const charge = { kind: 'perUnit', nanoPerMillion: '1000000' } as const;
  const { id: priceId } = await setPlanPrice(publisher.owner, {
    api: 'maps',
    plan: 'free',
    pricing: {
      rules: [
        { id: 'deep', name: 'Deep', meter: 'requests', models: ['deep'], charge },
        { id: 'pair', name: 'Pair', meter: 'requests', models: ['swift', 'slow'], charge },
        { id: 'all', name: 'All', meter: 'totalTokens', charge },
      ],
    },
  });
  await createApplication(customer.owner, { slug: 'shop', name: 'Shop' });
  const wanted = { application: 'shop', publisher: publisher.slug, api: 'maps', plan: 'free' };
  const subscriptionId = (await requestSubscription(customer.owner, wanted)).id;
  const pair = { tenantId, consumerTenantId: customer.tenantId };
  const usage = (ruleId: string, amountNano: bigint): RatedLine => ({
    line: `usage/${ruleId}/s`,
    quantity: 1n,
    amountNano,
    rated: { kind: 'usage', ruleId, priceId, planId: api.autoPlanId },
  });
  const fee = (kind: string, amountNano: bigint): RatedLine => ({
    line: `${kind}/s`,
    quantity: 0n,
    amountNano,
    rated: { kind, priceId, planId: api.autoPlanId },
  });
  await kit.db.within({ tenantId }, async (tx) => {
    const { id: accountId } = await ensureAccount(tx, pair);
    const accrual = { tenantId, accountId, subscriptionId, platformSharePpm: 100_000 };
    const october = [
      usage('deep', 20n * UNIT),
      usage('pair', 7n * UNIT),
      usage('all', 5n * UNIT),
      fee('recurring', 10n * UNIT),
    ];
    await postAccrual(tx, {
      ...accrual,
      period: '2026-09',
      lines: [usage('deep', UNIT)],
      occurredAt: new Date('2026-09-20T00:00:00Z'),
    });
    await postAccrual(tx, {
      ...accrual,
      period: '2026-10',
      lines: october,
      occurredAt: new Date('2026-10-31T00:00:00Z'),
    });
    // Found out in November about October, and a minimum.
    const late = [...october.slice(1), usage('deep', 21n * UNIT + 3n), fee('minimum', 2n * UNIT)];
    await postAccrual(tx, { ...accrual, period: '2026-10', lines: late, occurredAt: new Date('2026-11-02T00:00:00Z') });
    await grantCredit(tx, {
      tenantId,
      accountId,
      key: 'gift',
      kind: 'promotional',
      amountNano: UNIT,
      occurredAt: new Date('2026-11-05T00:00:00Z'),
    });
    const month = monthNamed('2026-10', 'Europe/Berlin');
    const at = new Date('2026-11-06T00:00:00Z');
    const { invoiceId } = must(await issueInvoice(tx, { tenantId, accountId, month, at }), 'an invoice');
    await refund(tx, {
      tenantId,
      accountId,
      invoiceId,
      platformSharePpm: 100_000,
      occurredAt: at,
      key: 'note',
      of: 'revenue',
      to: 'receivable',
      amountNano: 4n * UNIT,
    });
  });

  const call = {
    tenantId,
    apiId: api.id,
    planId: api.autoPlanId,
    consumerTenantId: customer.tenantId,
    model: 'deep',
    currency: 'USD',
  };
  await calls.store(
    // The last hour of September in Berlin, and the first of October.
    { ...call, atMs: Date.parse('2026-09-30T21:59:00Z'), costNano: UNIT },
    { ...call, atMs: Date.parse('2026-09-30T22:00:00Z'), costNano: 8n * UNIT },
    { ...call, atMs: Date.parse('2026-10-31T22:59:59Z'), costNano: 2n * UNIT, model: 'swift' },
    { ...call, atMs: Date.parse('2026-10-31T23:00:00Z'), costNano: 50n * UNIT, currency: 'EUR' },
    { tenantId, apiId: api.id, atMs: Date.parse('2026-10-15T00:00:00Z'), costNano: 3n * UNIT, model: 'swift' },
  );
  await rollUp(calls.db, tenantId);
});

const asked = { from: '2026-09', to: '2026-12' };
const units = (nano: string): number => Number(BigInt(nano)) / 1e9;
const table = async (by: 'api' | 'plan' | 'customer' | 'model') => {
  const { rows } = await reportMargin(publisher.owner, { by, ...asked });
  return rows.map(({ line, key, name, revenueNano, costNano }) => [
    line === 'group' ? (name?.name ?? key) : line,
    units(revenueNano),
    units(costNano),
  ]);
};

describe('the margin report', () => {
  it('by model gives a model only what a rule of its own charges; the rest has lines of its own', async () => {
    expect(await table('model')).toEqual([
      ['deep', 22.000000003, 9],
      ['swift', 0, 5],
      ['fees', 10, 0],
      ['minimum', 2, 0],
      ['severalModels', 12, 0],
      ['creditNotes', -4, 0],
      ['rounding', -0.000000003, 0],
      ['platformShare', -4.2, 0],
      ['gifts', -1, 0],
    ]);
  });

  it('by API, plan and customer leaves no charge without an owner, and shows own use as cost', async () => {
    const corrections = [
      ['creditNotes', -4, 0],
      ['rounding', -0.000000003, 0],
    ];
    const others = [
      ['platformShare', -4.2, 0],
      ['gifts', -1, 0],
    ];
    expect(await table('api')).toEqual([['Maps', 46.000000003, 14], ...corrections, ...others]);
    expect(await table('plan')).toEqual([['Free', 46.000000003, 11], ['', 0, 3], ...corrections, ...others]);
    expect(await table('customer')).toEqual([['Shop', 42, 11], ['Acme', 0, 3], ...others]);
  });

  it.each(['api', 'plan', 'customer', 'model'] as const)(
    'by %s adds up to the total, and the total to the ledger’s balances and the stored hours',
    async (by) => {
      const report = await reportMargin(publisher.owner, { by, ...asked });
      const sum = (of: (row: (typeof report.rows)[number]) => string): bigint =>
        report.rows.reduce((all, row) => all + BigInt(of(row)), 0n);
      expect(sum(({ revenueNano }) => revenueNano).toString()).toBe(report.total.revenueNano);
      expect(sum(({ costNano }) => costNano).toString()).toBe(report.total.costNano);
      expect(sum(({ marginNano }) => marginNano).toString()).toBe(report.total.marginNano);
      for (const [at] of report.months.entries()) {
        expect(sum(({ byMonth }) => byMonth[at]?.marginNano ?? '').toString()).toBe(
          report.total.byMonth[at]?.marginNano,
        );
      }
      const { tenantId } = publisher;
      const balances = await kit.db.within({ tenantId }, (tx) =>
        tx.ledgerBalance.findMany({
          where: { tenantId, account: { in: ['publisher_share', 'promotion', 'breakage'] } },
        }),
      );
      const earned = balances.reduce((all, { amountNano }) => all - amountNano, 0n);
      expect(report.total.revenueNano).toBe(earned.toString());
      expect(report.total.costNano).toBe((14n * UNIT).toString());
      expect(report.otherCosts).toEqual([{ currency: 'EUR', nano: (50n * UNIT).toString() }]);
    },
  );

  it('counts in months of the publisher: what was used in one is in it, whenever it was found out', async () => {
    const { months, total, rows } = await reportMargin(publisher.owner, { by: 'api', ...asked });
    expect(months).toEqual(['2026-09', '2026-10', '2026-11', '2026-12']);
    expect(total.byMonth.map(({ costNano }) => units(costNano))).toEqual([1, 13, 0, 0]);
    expect(rows[0]?.byMonth.map(({ revenueNano }) => units(revenueNano))).toEqual([1, 45.000000003, 0, 0]);
    const october = await reportMargin(publisher.owner, { by: 'api', from: '2026-10', to: '2026-10' });
    expect(october.total).toMatchObject({ costNano: total.byMonth[1]?.costNano });
  });

  it('adds groups beyond the limit up, so that the sums stay', async () => {
    const report = await reportMargin(publisher.owner, { by: 'model', ...asked, limit: 1 });
    expect(report.rows.map(({ line }) => line)).toContain('rest');
    expect(report.rows.at(-1)).toMatchObject({ line: 'rest', costNano: (5n * UNIT).toString() });
    const total = report.rows.reduce((all, { marginNano }) => all + BigInt(marginNano), 0n);
    expect(total.toString()).toBe(report.total.marginNano);
  });

  it('is the publisher’s alone: not its customer’s, not for who may not see money', async () => {
    for (const { owner } of [customer, await kit.tenant()]) {
      const { rows, total } = await reportMargin(owner, asked);
      expect([rows, total.revenueNano, total.costNano]).toEqual([[], '0', '0']);
    }
    const developer = await publisher.as('developer');
    expect((await faultOf(reportMargin(developer, asked))).code).toBe('forbidden');
  });

  it('takes months in order, and two years at most', async () => {
    const path = async (input: object) => (await faultOf(reportMargin(publisher.owner, input))).issues[0]?.path;
    expect(await path({ from: '2026-13' })).toBe('from');
    expect(await path({ from: '2026-10', to: '2026-09' })).toBe('to');
    expect(await path({ from: '2024-10', to: '2026-10' })).toBe('from');
    expect(monthRange({ from: '2024-11', to: '2026-10' }, 'Europe/Berlin')).toHaveLength(24);
    const now = Date.parse('2026-10-31T23:30:00Z');
    expect(monthRange({}, 'Europe/Berlin', now).map(({ name }) => name)).toEqual([
      '2026-06',
      '2026-07',
      '2026-08',
      '2026-09',
      '2026-10',
      '2026-11',
    ]);
  });
});
