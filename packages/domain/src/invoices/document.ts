import type { InvoiceTax } from '@parley/contracts/billing-details';
import type { InvoiceLine, InvoiceParties } from '@parley/contracts/invoice';
import { divideRounded, type Nano } from '@parley/kernel/money';

/** All that an invoice says that never changes. Its hash is over this, and its pages are written from it. */
export interface InvoiceDocument {
  readonly number: number;
  /** The publisher's month, `2026-11`. */
  readonly period: string;
  readonly currency: string;
  readonly parties: InvoiceParties;
  readonly lines: readonly InvoiceLine[];
  readonly subtotalNano: Nano;
  /** Paid by credit; below zero: kept as credit. */
  readonly creditNano: Nano;
  readonly roundingNano: Nano;
  readonly taxNano: Nano;
  readonly totalNano: Nano;
  /** Each rate that bore on it; absent where none did. */
  readonly taxes?: readonly InvoiceTax[];
  readonly issuedAt: string;
  readonly dueAt: string;
}

/** How an invoice is called: `INV-00012`. */
export function invoiceName(number: number): string {
  return `INV-${number.toString().padStart(5, '0')}`;
}

/** How a credit note is called: `CN-00003`. */
export function creditNoteName(number: number): string {
  return `CN-${number.toString().padStart(5, '0')}`;
}

/** Nano-units of a currency's smallest coin (ISO 4217): a cent, a yen. */
export function smallestCoin(currency: string): Nano {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return 10n ** BigInt(9 - maximumFractionDigits);
}

/** An amount rounded to the smallest coin, half away from zero: what can be paid. */
export function payable(amountNano: Nano, currency: string): Nano {
  const coin = smallestCoin(currency);
  return divideRounded(amountNano, coin) * coin;
}

/** One text for one document: fields in order of their names, amounts as decimal strings. Its SHA-256 is the invoice's hash. */
export function canonicalText(document: InvoiceDocument): string {
  return JSON.stringify(document, (_name, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
