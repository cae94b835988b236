import { LEDGER_ACCOUNTS, LEDGER_KINDS, type LedgerAccount, type LedgerKind } from '@parley/contracts/ledger';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { toPage } from '../page.ts';
import { iso, pageInput, pageOf, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findAccount } from './account-shape.ts';

const entryShape = z.object({
  account: z.enum(LEDGER_ACCOUNTS),
  /** Decimal string of whole units: a debit is positive, a credit negative. */
  amount: z.string(),
  grantId: z.uuid().nullable(),
  invoiceId: z.uuid().nullable(),
  /** Month whose use it is about, like `2026-11`. */
  period: z.string().nullable(),
});

const transactionShape = z.object({
  id: z.uuid(),
  /** Place in the account's order, from 1. */
  sequence: z.number().int(),
  kind: z.enum(LEDGER_KINDS),
  subscriptionId: z.uuid().nullable(),
  /** The transaction that this one corrects. */
  correctsId: z.uuid().nullable(),
  note: z.string(),
  occurredAt: timeShape,
  bookedAt: timeShape,
  entries: z.array(entryShape),
});

/**
 * Transactions of an account, newest first. Its customer sees its own side of them: not how revenue is shared, nor what the
 * publisher gave away as promotion.
 */
export const readLedger = defineVerb({
  name: 'billingAccounts.ledger',
  summary: 'Read a billing account’s ledger, newest first, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-accounts/{account}/ledger' },
  input: pageInput.extend({
    account: z.uuid(),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
  }),
  output: pageOf(transactionShape),
  async run({ tx, input, tenantId }) {
    const account = await findAccount(tx, tenantId, input.account);
    const found = await tx.ledgerTransaction.findMany({
      where: {
        tenantId: account.tenantId,
        billingAccountId: account.id,
        ...(input.cursor ? { sequence: { lt: BigInt(input.cursor) } } : {}),
      },
      orderBy: { sequence: 'desc' },
      take: input.limit + 1,
      include: { entries: { orderBy: { position: 'asc' } } },
    });
    const { rows, nextCursor } = toPage(found, input.limit, ({ sequence }) => sequence.toString());
    const items = rows.map((row) => ({
      id: row.id,
      sequence: Number(row.sequence),
      kind: row.kind as LedgerKind,
      subscriptionId: row.subscriptionId,
      correctsId: row.correctsId,
      note: row.note,
      occurredAt: iso(row.occurredAt),
      bookedAt: iso(row.bookedAt),
      entries: row.entries.map((entry) => ({
        account: entry.account as LedgerAccount,
        amount: formatAmount(entry.amountNano),
        grantId: entry.grantId,
        invoiceId: entry.invoiceId,
        period: entry.period,
      })),
    }));
    return { items, nextCursor };
  },
});
