import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { creditInvoice } from '../invoices/credit.ts';
import { recordInvoicePayment } from '../invoices/record-payment.ts';
import { voidInvoice } from '../invoices/void.ts';
import { writeOffInvoice } from '../invoices/write-off.ts';
import { INVOICE_CHECKS } from '../standing-checks/invoice-checks.ts';
import { LEDGER_CHECKS } from '../standing-checks/ledger-checks.ts';
import { rowsFound } from '../test/rows-found.ts';
import { ensureAccount } from './ensure-account.ts';
import { issueInvoice } from './issue-invoice.ts';
import { postAccrual } from './post-accrual.ts';
import { recomputeInvoice } from './recompute-invoice.ts';

const kit = testContext();
afterAll(() => kit.close());

const MONTHS = ['2026-01', '2026-02', '2026-03'];
const CENT = 10_000_000n;

/** Acts on invoices by their place; one on an invoice that does not exist yet, or does not allow it, is refused. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('issue' as const), nano: fc.bigInt({ min: 1n, max: 10n ** 11n }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('pay' as const, 'credit' as const),
      at: fc.integer({ min: 0, max: 2 }),
      cents: fc.integer({ min: 1, max: 8_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('void' as const, 'writeOff' as const),
      at: fc.integer({ min: 0, max: 2 }),
      cents: fc.constant(0),
    }),
  },
);

test('whatever happens to taxed invoices, in whatever order and at once: books balance, and each account says what happened', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 6, maxLength: 16 }),
      fc.array(fc.integer({ min: 0, max: 250_000 }), { maxLength: 2 }),
      async (steps, ppms) => {
        const { tenantId, owner: publisher } = await kit.tenant();
        const within = <T>(work: Parameters<typeof kit.db.within<T>>[1]): Promise<T> =>
          kit.db.within({ tenantId }, work);
        const { id: accountId } = await within((tx) => ensureAccount(tx, { tenantId, consumerTenantId: newId() }));
        await within((tx) =>
          tx.taxRate.createMany({ data: ppms.map((ppm) => ({ tenantId, id: newId(), name: 'T', ppm })) }),
        );
        const ids: string[] = [];
        const issue = async (amountNano: bigint): Promise<void> => {
          const period = MONTHS[ids.length];
          if (period === undefined) return;
          const startMs = Date.parse(`${period}-01T00:00:00Z`);
          const month = { name: period, period: { startMs, endMs: startMs + 28 * 86_400_000 } };
          const made = await within(async (tx) => {
            const lines = [{ line: 'calls', quantity: 1n, amountNano, rated: {} }];
            const of = { tenantId, accountId, subscriptionId: newId(), period, occurredAt: new Date() };
            await postAccrual(tx, { ...of, lines, platformSharePpm: 125_000 });
            return issueInvoice(tx, { tenantId, accountId, month, at: new Date() });
          });
          if (made) ids.push(made.invoiceId);
        };
        const act = async (one: (typeof steps)[number]): Promise<void> => {
          if (one.do === 'issue') return;
          const invoice = ids[one.at] ?? newId();
          if (one.do === 'void') await voidInvoice(publisher, { invoice, reason: 'x' });
          else if (one.do === 'writeOff') await writeOffInvoice(publisher, { invoice, reason: 'x' });
          else {
            const amount = (one.cents / 100).toFixed(2);
            if (one.do === 'pay') await recordInvoicePayment(publisher, { invoice, amount, reference: newId() });
            else await creditInvoice(publisher, { invoice, amount, reason: 'x' });
          }
        };
        for (const one of steps) if (one.do === 'issue') await issue(one.nano);
        await Promise.all(
          [0, 1, 2].map(async (lane) => {
            for (const one of steps.filter((_one, place) => place % 3 === lane)) {
              await act(one).catch((error: unknown) => {
                if (!(error instanceof Error) || error.name !== 'Fault') throw error;
              });
            }
          }),
        );

        await within(async (tx) => {
          const invoices = await tx.invoice.findMany({ where: { tenantId } });
          const notes = await tx.creditNote.findMany({ where: { tenantId } });
          const balances = await tx.ledgerBalance.findMany({ where: { tenantId } });
          const of = (...names: string[]): bigint =>
            balances.reduce((sum, row) => (names.includes(row.account) ? sum + row.amountNano : sum), 0n);
          const sum = <T>(rows: readonly T[], part: (row: T) => bigint): bigint =>
            rows.reduce((total, row) => total + part(row), 0n);
          const live = invoices.filter(({ state }) => state !== 'void');
          const alive = new Set(live.map(({ id }) => id));
          const kept = notes.filter(({ invoiceId }) => alive.has(invoiceId));
          // the tax that is owed is what invoices charged and nothing gave back; a void one charges none
          expect(-of('tax')).toBe(sum(live, (row) => row.taxNano) - sum(kept, (row) => row.taxNano));
          expect(-of('publisher_share', 'platform_share')).toBe(
            sum(live, (row) => row.totalNano - row.taxNano) - sum(kept, (row) => row.amountNano - row.taxNano),
          );
          expect(of('write_off')).toBe(
            sum(
              live.filter(({ state }) => state === 'uncollectible'),
              (row) => row.totalNano - row.amountPaidNano - row.creditedNano,
            ),
          );
          expect(of('cash') + of('refund')).toBe(
            sum(live, (row) => row.amountPaidNano) - sum(notes, (row) => row.amountNano - row.offInvoiceNano),
          );
          expect(of('receivable') % CENT).toBe(0n);
          for (const { id } of invoices) {
            expect(await recomputeInvoice(tx, { tenantId, invoiceId: id })).toMatchObject({ holds: true });
          }
          expect(await rowsFound(tx, [...INVOICE_CHECKS, ...LEDGER_CHECKS])).toEqual([]);
        });
      },
    ),
    { numRuns: 4 },
  );
});
