import type { Transaction } from '@parley/db/client';
import { taxGivenBack } from '@parley/domain/invoices/taxes';
import { divideRounded, type Nano } from '@parley/kernel/money';

interface Given {
  readonly tenantId: string;
  readonly id: string;
  readonly totalNano: Nano;
  readonly taxNano: Nano;
  readonly currency: string;
}

/**
 * The tax in an amount (tax included) of an invoice that is about to be given back: in proportion, over all that the ledger says
 * was given back of it before. Asked under the account's lock, in the publisher's scope or the worker's.
 */
export async function taxInGivenBack(tx: Transaction, invoice: Given, grossNano: Nano): Promise<Nano> {
  if (invoice.taxNano === 0n) return 0n;
  const rows = await tx.ledgerEntry.groupBy({
    by: ['account'],
    where: {
      tenantId: invoice.tenantId,
      invoiceId: invoice.id,
      account: { in: ['tax', 'publisher_share', 'platform_share'] },
      transaction: { kind: 'refund' },
    },
    _sum: { amountNano: true },
  });
  const sum = (names: readonly string[]): Nano =>
    rows.reduce((total, row) => (names.includes(row.account) ? total + (row._sum.amountNano ?? 0n) : total), 0n);
  const taxNano = sum(['tax']);
  const before = { taxNano, grossNano: taxNano + sum(['publisher_share', 'platform_share']) };
  return taxGivenBack(invoice, before, grossNano);
}

/** A part of an amount with the tax in it: the part's tax in proportion, never more than the part. */
export function splitTax(
  whole: { readonly grossNano: Nano; readonly taxNano: Nano },
  partNano: Nano,
): { amountNano: Nano; taxNano: Nano } {
  const taxNano = whole.grossNano === 0n ? 0n : divideRounded(whole.taxNano * partNano, whole.grossNano);
  return { amountNano: partNano - taxNano, taxNano };
}

/** The operator's part of what was earned in the invoice's month, in millionths: the same part is given up. */
export async function platformShareOf(
  tx: Transaction,
  invoice: { tenantId: string; billingAccountId: string; period: string },
): Promise<number> {
  const rows = await tx.ledgerEntry.groupBy({
    by: ['account'],
    where: {
      tenantId: invoice.tenantId,
      billingAccountId: invoice.billingAccountId,
      period: invoice.period,
      account: { in: ['publisher_share', 'platform_share'] },
    },
    _sum: { amountNano: true },
  });
  const sum = (account: string): bigint => rows.find((row) => row.account === account)?._sum.amountNano ?? 0n;
  const [platform, all] = [sum('platform_share'), sum('platform_share') + sum('publisher_share')];
  if (platform >= 0n || all >= 0n) return 0;
  return Number(divideRounded(platform * 1_000_000n, all));
}
