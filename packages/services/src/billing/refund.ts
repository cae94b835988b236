import type { Transaction } from '@parley/db/client';
import { settleInvoice } from '@parley/db/repositories/invoices';
import { Fault } from '@parley/kernel/fault';
import type { Nano } from '@parley/kernel/money';
import { type Entry, findPosted, openAccount, post } from './post.ts';
import { shares } from './post-accrual.ts';

export interface Refund {
  readonly tenantId: string;
  readonly accountId: string;
  /** Names the refund for ever: `stripe:<refund id>`. */
  readonly key: string;
  /**
   * `revenue`: what was earned is given up (a credit note). `owed`: what was paid too much, or the rest of voided credit,
   * is paid out.
   */
  readonly of: 'revenue' | 'owed';
  /**
   * `receivable` lowers what an invoice asks for, `written_off` what was given up of it; `cash` is money sent back, `owed` keeps it for
   * a later payment out.
   */
  readonly to: 'receivable' | 'written_off' | 'cash' | 'owed';
  /** Nano-units without tax. */
  readonly amountNano: Nano;
  /** Nano-units of tax on top; only of revenue. Both together are above zero. */
  readonly taxNano?: Nano;
  /** The invoice it is about; needed for `receivable` and `written_off`. */
  readonly invoiceId?: string;
  readonly platformSharePpm?: number;
  /** The transaction that this corrects. */
  readonly correctsId?: string;
  readonly note?: string;
  readonly occurredAt?: Date;
}

const TARGET = { receivable: 'receivable', written_off: 'write_off', cash: 'cash', owed: 'refund' } as const;

/**
 * Posts a refund. The database refuses more than what is open on the invoice, was ever paid, or is owed. A repeat under the
 * same key returns the first transaction. Throws `not_found` (account), `conflict` (key), `invalid_input` (amount, target).
 */
export async function refund(tx: Transaction, asked: Refund): Promise<{ transactionId: string; repeated: boolean }> {
  const { tenantId, key, of, to, amountNano, taxNano = 0n, invoiceId } = asked;
  const account = await openAccount(tx, tenantId, asked.accountId);
  const request = { account: account.id, of, to, amountNano, taxNano, invoiceId: invoiceId ?? null };
  const known = await findPosted(tx, { tenantId, key, request });
  if (known) return { transactionId: known.id, repeated: true };
  if (amountNano < 0n || taxNano < 0n || amountNano + taxNano === 0n) {
    throw new Fault('invalid_input', 'A refund is more than nothing.', [{ path: 'amount', message: 'More than 0.' }]);
  }
  const ofInvoice = to === 'receivable' || to === 'written_off';
  if ((of === 'owed' && (to !== 'cash' || taxNano !== 0n)) || (ofInvoice && invoiceId === undefined)) {
    throw new Fault('invalid_input', 'What is owed is paid out; what an invoice asks for is lowered on that invoice.');
  }
  const about = invoiceId === undefined ? {} : { invoiceId };
  const source: Entry[] =
    of === 'owed'
      ? [{ account: 'refund', amountNano }]
      : [
          ...shares(amountNano, asked.platformSharePpm ?? 0).map((entry) => ({ ...entry, ...about })),
          { account: 'tax', amountNano: taxNano, ...about },
        ];
  const occurredAt = asked.occurredAt ?? new Date();
  const transactionId = await post(tx, account, {
    kind: 'refund',
    key,
    request,
    occurredAt,
    note: asked.note ?? '',
    ...(asked.correctsId ? { correctsId: asked.correctsId } : {}),
    entries: [
      ...source,
      {
        account: TARGET[to],
        amountNano: -(amountNano + taxNano),
        ...(ofInvoice ? about : {}),
      },
    ],
  });
  if (ofInvoice && invoiceId !== undefined) {
    await settleInvoice(tx, { tenantId, invoiceId, creditedNano: amountNano + taxNano, at: occurredAt });
  }
  return { transactionId, repeated: false };
}
