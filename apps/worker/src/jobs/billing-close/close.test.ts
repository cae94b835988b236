import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { closeMonths } from '@parley/services/billing/close-months';
import { ensureAccount } from '@parley/services/billing/ensure-account';
import { grantCredit } from '@parley/services/billing/grant-credit';
import { postAccrual } from '@parley/services/billing/post-accrual';
import { recomputeInvoice } from '@parley/services/billing/recompute-invoice';
import { INVOICE_CHECKS } from '@parley/services/standing-checks/invoice-checks';
import { testContext } from '@parley/testkit/context';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const MONTHS = ['2026-07', '2026-08', '2026-09', '2026-10'] as const;
/** A day and an hour after the end of a month: it may be closed. */
const over = (month: number): Date => new Date(Date.UTC(2026, 7 + month, 2, 1));
/** Amounts that no coin divides. */
const THIRD = 3_333_333n;

async function accountOf(tenantId: string, consumerTenantId = newId()): Promise<string> {
  const account = await worker.db.within({}, (tx) => ensureAccount(tx, { tenantId, consumerTenantId }));
  return account.id;
}

/** Sets one line of a subscription's month to an amount, leaving its other lines as they are. */
async function accrue(
  of: { tenantId: string; accountId: string; subscriptionId: string; known: Map<string, bigint> },
  period: string,
  line: string,
  amountNano: bigint,
): Promise<void> {
  of.known.set(`${of.subscriptionId}/${period}/${line}`, amountNano);
  const lines = [...of.known].flatMap(([key, amount]) => {
    const [subscription, month, name = ''] = key.split('/');
    if (subscription !== of.subscriptionId || month !== period) return [];
    return [{ line: name, quantity: 3n, amountNano: amount, rated: { kind: 'usage', name, usageHash: `${amount}` } }];
  });
  const { tenantId, accountId, subscriptionId } = of;
  const occurredAt = new Date('2026-07-15T00:00:00Z');
  await worker.db.within({}, (tx) =>
    postAccrual(tx, { tenantId, accountId, subscriptionId, period, lines, occurredAt, platformSharePpm: 50_000 }),
  );
}

const invoicesOf = (tenantId: string) =>
  worker.db.within({}, (tx) => tx.invoice.findMany({ where: { tenantId }, orderBy: { number: 'asc' } }));

const month = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('accrue' as const),
      customer: fc.integer({ min: 0, max: 1 }),
      month,
      line: fc.constantFrom('requests', 'tokens'),
      thirds: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), month }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      customer: fc.integer({ min: 0, max: 1 }),
      thirds: fc.integer({ min: 1, max: 9 }),
    }),
  },
);

it('whenever usage comes, each line is invoiced once in full, numbers have no gaps, and old invoices come out to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
      const { tenantId } = await t.tenant();
      const known = new Map<string, bigint>();
      // rates that fit every customer, so that tax is among what must agree
      await t.db.within({ tenantId }, (tx) =>
        tx.taxRate.createMany({
          data: [190_000, 99_750].map((ppm) => ({ tenantId, id: newId(), name: `Tax ${ppm}`, ppm })),
        }),
      );
      const customers = await Promise.all(
        [0, 1].map(async () => ({ tenantId, accountId: await accountOf(tenantId), subscriptionId: newId(), known })),
      );
      for (const one of [...steps, { do: 'close' as const, month: 4 }]) {
        if (one.do === 'close') {
          await Promise.all([0, 1].map(() => closeMonths(worker.db, over(one.month), { tenantId })));
          continue;
        }
        const customer = customers[one.customer] ?? { tenantId, accountId: '', subscriptionId: '', known };
        if (one.do === 'accrue') {
          await accrue(customer, MONTHS[one.month] ?? '', one.line, BigInt(one.thirds) * THIRD);
        } else {
          const { accountId } = customer;
          const amountNano = BigInt(one.thirds) * THIRD;
          await worker.db.within({}, (tx) =>
            grantCredit(tx, { tenantId, accountId, key: newId(), kind: 'promotional', amountNano }),
          );
        }
      }
      const invoices = await invoicesOf(tenantId);
      expect(invoices.map(({ number }) => number)).toEqual(invoices.map((_, at) => at + 1));

      const invoiced = new Map<string, bigint>();
      for (const { lines } of invoices) {
        for (const line of lines as { subscriptionId: string; period: string; line: string; amountNano: string }[]) {
          const key = `${line.subscriptionId}/${line.period}/${line.line}`;
          invoiced.set(key, (invoiced.get(key) ?? 0n) + BigInt(line.amountNano));
        }
      }
      for (const [key, amount] of known) expect(invoiced.get(key) ?? 0n, key).toBe(amount);

      await worker.db.within({}, async (tx) => {
        const open = await tx.ledgerBalance.findMany({
          where: { tenantId, account: 'unbilled', amountNano: { not: 0n } },
        });
        expect(open).toEqual([]);
        for (const { id } of invoices) {
          expect(await recomputeInvoice(tx, { tenantId, invoiceId: id })).toMatchObject({ holds: true });
        }
      });
      const cents = invoices.filter(({ totalNano }) => totalNano % 10_000_000n !== 0n);
      expect(cents).toEqual([]);
      for (const check of INVOICE_CHECKS) {
        const rows = await worker.pool.query<{ tenant_id: string }>(check.sql, [new Date(0)]);
        expect(
          rows.rows.filter((row) => row.tenant_id === tenantId),
          check.name,
        ).toEqual([]);
      }
    }),
    { numRuns: 2 },
  );
});

it('closes a month a day after its end in the publisher’s own time zone, once, and tells the customer', async () => {
  const publisher = await t.tenant('Maps');
  const customer = await t.tenant('Shop');
  const { tenantId } = publisher;
  await worker.rows("UPDATE tenants SET timezone = 'Asia/Tokyo' WHERE id = $1", tenantId);
  const accountId = await accountOf(tenantId, customer.tenantId);
  const of = { tenantId, accountId, subscriptionId: newId(), known: new Map<string, bigint>() };
  await accrue(of, '2026-07', 'requests', 12_345_678_901n);
  // July ends at 15:00 UTC in Tokyo
  expect(await closeMonths(worker.db, new Date('2026-08-01T14:59:59Z'), { tenantId })).toBe(0);
  expect(await closeMonths(worker.db, new Date('2026-08-01T15:00:00Z'), { tenantId })).toBe(1);
  expect(await closeMonths(worker.db, new Date('2026-08-01T15:15:00Z'), { tenantId })).toBe(0);
  const [invoice] = await invoicesOf(tenantId);
  expect(invoice).toMatchObject({
    number: 1,
    period: '2026-07',
    state: 'open',
    subtotalNano: 12_345_678_901n,
    roundingNano: 4_321_099n,
    totalNano: 12_350_000_000n,
    periodStart: new Date('2026-06-30T15:00:00Z'),
    dueAt: new Date('2026-08-15T15:00:00Z'),
  });
  const told = await worker.rows<{ payload: { title: string; tenantId: string } }>(
    "SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = 'notify.members'",
    tenantId,
  );
  expect(told.map(({ payload }) => [payload.tenantId, payload.title])).toEqual([
    [customer.tenantId, 'Maps has sent invoice INV-00001 for July 2026'],
  ]);
});

it('puts what was found out after closing onto the next invoice, named after the one it corrects', async () => {
  const { tenantId } = await t.tenant();
  const of = {
    tenantId,
    accountId: await accountOf(tenantId),
    subscriptionId: newId(),
    known: new Map<string, bigint>(),
  };
  await accrue(of, '2026-07', 'requests', 10_000_000_000n);
  await closeMonths(worker.db, over(0), { tenantId });
  const [first] = await invoicesOf(tenantId);
  await accrue(of, '2026-07', 'requests', 8_000_000_000n);
  await accrue(of, '2026-08', 'requests', 3_000_000_000n);
  await closeMonths(worker.db, over(1), { tenantId });
  const [same, second] = await invoicesOf(tenantId);
  expect(same).toEqual(first);
  expect(second).toMatchObject({ period: '2026-08', subtotalNano: 1_000_000_000n, totalNano: 1_000_000_000n });
  expect(second?.lines).toMatchObject([
    { period: '2026-08', amountNano: '3000000000', adjusts: null },
    { period: '2026-07', amountNano: '-2000000000', adjusts: 1 },
  ]);
  // more to give back than there is to pay: kept as credit, which pays next month
  await accrue(of, '2026-08', 'requests', 0n);
  await accrue(of, '2026-09', 'requests', 1_000_000_000n);
  await closeMonths(worker.db, over(2), { tenantId });
  const third = (await invoicesOf(tenantId))[2];
  expect(third).toMatchObject({
    state: 'paid',
    subtotalNano: -2_000_000_000n,
    creditNano: -2_000_000_000n,
    totalNano: 0n,
  });
  await accrue(of, '2026-10', 'requests', 5_000_000_000n);
  await closeMonths(worker.db, over(3), { tenantId });
  const fourth = (await invoicesOf(tenantId))[3];
  expect(fourth).toMatchObject({ creditNano: 2_000_000_000n, totalNano: 3_000_000_000n });
});

it('refuses to change what was issued', async () => {
  const { tenantId } = await t.tenant();
  const of = {
    tenantId,
    accountId: await accountOf(tenantId),
    subscriptionId: newId(),
    known: new Map<string, bigint>(),
  };
  await accrue(of, '2026-07', 'requests', 10_000_000_000n);
  await closeMonths(worker.db, over(0), { tenantId });
  const change = (data: object) => worker.db.within({}, (tx) => tx.invoice.updateMany({ where: { tenantId }, data }));
  await expect(change({ lines: [] })).rejects.toThrow(/does not change/);
  await expect(change({ state: 'draft' })).rejects.toThrow(/cannot move from open to draft/);
  await expect(worker.db.within({}, (tx) => tx.invoice.deleteMany({ where: { tenantId } }))).rejects.toThrow(/denied/);
});

it('asks for what is to be paid to be charged by Stripe where that is switched on, to the sum of the invoice', async () => {
  const { tenantId } = await t.tenant();
  const accountId = await accountOf(tenantId);
  const of = { tenantId, accountId, subscriptionId: newId(), known: new Map<string, bigint>() };
  await worker.db.within({}, (tx) =>
    grantCredit(tx, { tenantId, accountId, key: newId(), kind: 'promotional', amountNano: THIRD }),
  );
  await accrue(of, '2026-07', 'requests', 10n * THIRD);
  await t.db.within({ tenantId }, (tx) =>
    tx.taxRate.create({ data: { tenantId, id: newId(), name: 'VAT', ppm: 400_000 } }),
  );
  await closeMonths(worker.db, over(0), { tenantId, mirror: true });
  const [invoice] = await invoicesOf(tenantId);
  const [mirrored] = await worker.db.within({}, (tx) => tx.stripeInvoice.findMany({ where: { tenantId } }));
  expect(mirrored).toMatchObject({ invoiceId: invoice?.id, state: 'waiting', document: { number: 'INV-00001' } });
  const { lines } = must(mirrored, 'what Stripe is asked for').document as {
    lines: { description: string; amountNano: string }[];
  };
  expect(lines.map(({ description }) => description.split(' · ')[0])).toEqual([
    'requests',
    'Paid by credit',
    'Rounding',
    'VAT 40 %',
  ]);
  expect(invoice).toMatchObject({ taxNano: 10_000_000n, totalNano: 40_000_000n });
  expect(lines.reduce((sum, line) => sum + BigInt(line.amountNano), 0n)).toBe(invoice?.totalNano);
});
