import { createHash } from 'node:crypto';
import type { InvoiceLine } from '@parley/contracts/invoice';
import type { InvoiceableLine } from '@parley/db/repositories/invoices';
import { canonicalText, type InvoiceDocument, payable } from '@parley/domain/invoices/document';
import { type ChosenTax, sumOfTaxes, taxesOn } from '@parley/domain/invoices/taxes';
import type { Nano } from '@parley/kernel/money';
import { asJson } from '../given.ts';

/** A line read from the ledger as an invoice freezes it. */
export function frozenLine(line: InvoiceableLine): InvoiceLine {
  return {
    subscriptionId: line.subscriptionId,
    period: line.period,
    line: line.line,
    quantity: line.quantity.toString(),
    amountNano: line.amountNano.toString(),
    rated: asJson(line.rated ?? {}) as Record<string, unknown>,
    adjusts: line.adjusts,
  };
}

type Sums = Pick<InvoiceDocument, 'subtotalNano' | 'creditNano' | 'roundingNano' | 'taxNano' | 'totalNano' | 'taxes'>;

/** What an invoice's sums are made of. */
export interface Summed {
  readonly lines: readonly InvoiceLine[];
  /** What is left of the lines to pay once credit has paid its part. */
  readonly unbilledNano: Nano;
  readonly currency: string;
  /** Rates that bear on the customer. */
  readonly taxes: readonly ChosenTax[];
}

/** The sums of an invoice: what is left to pay, rounded once to the smallest coin, and tax on that, rounded once for each rate. */
export function sumsOf({ lines, unbilledNano, currency, taxes: chosen }: Summed): Sums {
  const subtotalNano = lines.reduce((sum, { amountNano }) => sum + BigInt(amountNano), 0n);
  const netNano = unbilledNano > 0n ? payable(unbilledNano, currency) : 0n;
  const taxes = netNano > 0n ? taxesOn(chosen, netNano, currency) : [];
  const taxNano = sumOfTaxes(taxes);
  return {
    subtotalNano,
    // below zero, what a correction leaves over is kept as credit rather than asked for
    creditNano: subtotalNano - unbilledNano + (unbilledNano < 0n ? unbilledNano : 0n),
    roundingNano: unbilledNano > 0n ? netNano - unbilledNano : 0n,
    taxNano,
    totalNano: netNano + taxNano,
    ...(taxes.length > 0 ? { taxes } : {}),
  };
}

export function hashOfDocument(document: InvoiceDocument): string {
  return createHash('sha256').update(canonicalText(document)).digest('hex');
}
