import type { Transaction } from '@parley/db/client';
import { settleInvoice } from '@parley/db/repositories/invoices';
import { balancesOf } from '@parley/db/repositories/ledger';
import { Fault } from '@parley/kernel/fault';
import type { Nano } from '@parley/kernel/money';
import { type Entry, findPosted, openAccount, post } from './post.ts';

export interface Payment {
  readonly tenantId: string;
  readonly accountId: string;
  /** Names the payment for ever: `stripe:<payment intent>`, a bank's reference. */
  readonly key: string;
  /** Nano-units of the account's currency, above zero. */
  readonly amountNano: Nano;
  /** The invoice it is for; without one it pays what is open, the oldest first. */
  readonly invoiceId?: string;
  readonly note?: string;
  readonly occurredAt?: Date;
}

export interface RecordedPayment {
  readonly transactionId: string;
  /** Nano-units that paid each invoice. */
  readonly applied: readonly { readonly invoiceId: string; readonly amountNano: Nano }[];
  /** What was paid beyond what was owed: kept as owed back to the customer. */
  readonly excessNano: Nano;
  readonly repeated: boolean;
}

/**
 * Records money that arrived: cash against receivable, or against what had been written off of its invoice; what exceeds it is owed back (account `refund`). Invoices on which
 * nothing is due any more count as paid. A repeat under the
 * same key returns the first result and posts nothing. Throws `not_found` (account), `conflict` (key used for another
 * payment), `invalid_input` (amount).
 */
export async function recordPayment(tx: Transaction, payment: Payment): Promise<RecordedPayment> {
  const { tenantId, key, amountNano, invoiceId } = payment;
  const account = await openAccount(tx, tenantId, payment.accountId);
  const request = { account: account.id, amountNano, invoiceId: invoiceId ?? null };
  const known = await findPosted(tx, { tenantId, key, request });
  if (known) return { transactionId: known.id, ...outcome(known.entries), repeated: true };
  if (amountNano <= 0n) {
    throw new Fault('invalid_input', 'A payment is more than nothing.', [{ path: 'amount', message: 'More than 0.' }]);
  }
  const entries: Entry[] = [{ account: 'cash', amountNano }];
  let left = amountNano;
  const late = invoiceId === undefined ? null : await writtenOff(tx, tenantId, invoiceId);
  if (late !== null) {
    const paid = late.dueNano < left ? late.dueNano : left;
    entries.push({ account: 'write_off', amountNano: -paid, invoiceId: late.invoiceId });
    left -= paid;
  }
  for (const open of await balancesOf(tx, account, 'receivable')) {
    if (left === 0n) break;
    if (invoiceId !== undefined && open.item !== invoiceId) continue;
    const paid = open.amountNano < left ? open.amountNano : left;
    entries.push({ account: 'receivable', amountNano: -paid, invoiceId: open.item });
    left -= paid;
  }
  entries.push({ account: 'refund', amountNano: -left });
  const occurredAt = payment.occurredAt ?? new Date();
  const transactionId = await post(tx, account, {
    kind: 'payment',
    key,
    request,
    occurredAt,
    entries,
    note: payment.note ?? '',
  });
  const result = outcome(entries.map((entry) => ({ ...entry, invoiceId: entry.invoiceId ?? null })));
  for (const paid of result.applied) {
    await settleInvoice(tx, { tenantId, invoiceId: paid.invoiceId, paidNano: paid.amountNano, at: occurredAt });
  }
  return { transactionId, ...result, repeated: false };
}

/** What was given up of an invoice as not collectible; `null` for any other. */
async function writtenOff(
  tx: Transaction,
  tenantId: string,
  invoiceId: string,
): Promise<{ invoiceId: string; dueNano: Nano } | null> {
  const row = await tx.invoice.findUnique({
    where: { tenantId_id: { tenantId, id: invoiceId } },
    select: { state: true, totalNano: true, amountPaidNano: true, creditedNano: true },
  });
  if (row?.state !== 'uncollectible') return null;
  return { invoiceId, dueNano: row.totalNano - row.amountPaidNano - row.creditedNano };
}

function outcome(
  entries: readonly { account: string; amountNano: Nano; invoiceId: string | null }[],
): Pick<RecordedPayment, 'applied' | 'excessNano'> {
  return {
    applied: entries.flatMap(({ account, amountNano, invoiceId }) =>
      (account === 'receivable' || account === 'write_off') && invoiceId
        ? [{ invoiceId, amountNano: -amountNano }]
        : [],
    ),
    excessNano: entries.reduce((sum, entry) => (entry.account === 'refund' ? sum - entry.amountNano : sum), 0n),
  };
}
