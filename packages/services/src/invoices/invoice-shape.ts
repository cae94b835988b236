import { TAX_TREATMENTS } from '@parley/contracts/billing-details';
import { INVOICE_STATES, invoicePartiesSchema } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import { creditNoteName, invoiceName } from '@parley/domain/invoices/document';
import { percentText } from '@parley/domain/invoices/taxes';
import { type InvoiceWords, invoiceWords } from '@parley/domain/invoices/words';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { documentOf } from '../billing/recompute-invoice.ts';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** An invoice in a list. Amounts are decimal strings of whole units of its currency. */
export const invoiceShape = z.object({
  id: z.uuid(),
  number: z.number().int(),
  /** As people call it: `INV-00012`. */
  name: z.string(),
  accountId: z.uuid(),
  publisher: z.object({ slug: z.string(), name: z.string() }),
  customer: z.object({ slug: z.string(), name: z.string() }),
  /** The publisher's month, `2026-11`. */
  period: z.string(),
  state: z.enum(INVOICE_STATES),
  currency: z.string(),
  subtotal: z.string(),
  /** Paid by credit; below zero: kept as credit. */
  credit: z.string(),
  rounding: z.string(),
  tax: z.string(),
  /** Each rate that bore on it, with what came of it. */
  taxes: z.array(
    z.object({
      name: z.string(),
      percent: z.string(),
      treatment: z.enum(TAX_TREATMENTS),
      base: z.string(),
      amount: z.string(),
    }),
  ),
  total: z.string(),
  paid: z.string(),
  /** Taken off by credit notes. */
  credited: z.string(),
  due: z.string(),
  issuedAt: timeShape,
  dueAt: timeShape,
  paidAt: optionalTimeShape,
  /** When and why it was voided or given up. */
  endedAt: optionalTimeShape,
  endReason: z.string(),
  hash: z.string(),
});

type InvoiceRow = NonNullable<Awaited<ReturnType<Transaction['invoice']['findFirst']>>>;

export function invoiceOut(row: InvoiceRow): z.input<typeof invoiceShape> {
  const { publisher, customer } = invoicePartiesSchema.parse(row.parties);
  const party = ({ slug, name }: { slug: string; name: string }) => ({ slug, name });
  return {
    id: row.id,
    number: row.number,
    name: invoiceName(row.number),
    accountId: row.billingAccountId,
    publisher: party(publisher),
    customer: party(customer),
    period: row.period,
    state: row.state,
    currency: row.currency,
    subtotal: formatAmount(row.subtotalNano),
    credit: formatAmount(row.creditNano),
    rounding: formatAmount(row.roundingNano),
    tax: formatAmount(row.taxNano),
    taxes: (documentOf(row).taxes ?? []).map((tax) => ({
      name: tax.name,
      percent: percentText(tax.ppm),
      treatment: tax.treatment,
      base: formatAmount(BigInt(tax.baseNano)),
      amount: formatAmount(BigInt(tax.amountNano)),
    })),
    total: formatAmount(row.totalNano),
    paid: formatAmount(row.amountPaidNano),
    credited: formatAmount(row.creditedNano),
    due: row.state === 'void' ? '0' : formatAmount(row.totalNano - row.amountPaidNano - row.creditedNano),
    issuedAt: iso(row.issuedAt),
    dueAt: iso(row.dueAt),
    paidAt: iso(row.paidAt),
    endedAt: iso(row.endedAt),
    endReason: row.endReason,
    hash: row.hash,
  };
}

/** Which invoice ends, and why. */
export const endInput = z.object({
  invoice: z.uuid(),
  /** Shown to the customer. */
  reason: z.string().trim().min(1, 'Say why.').max(500, 'At most 500 characters.'),
});

export const creditNoteShape = z.object({
  id: z.uuid(),
  name: z.string(),
  amount: z.string(),
  /** Of the amount. */
  tax: z.string(),
  /** How much of it lowered what the invoice asked for; the rest is owed back. */
  offInvoice: z.string(),
  reason: z.string(),
  createdAt: timeShape,
});

export async function readCreditNotes(tx: Transaction, invoice: { tenantId: string; id: string }) {
  const rows = await tx.creditNote.findMany({
    where: { tenantId: invoice.tenantId, invoiceId: invoice.id },
    orderBy: { number: 'asc' },
  });
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    amountNano: row.amountNano,
    name: creditNoteName(row.number),
    amount: formatAmount(row.amountNano),
    tax: formatAmount(row.taxNano),
    offInvoice: formatAmount(row.offInvoiceNano),
    reason: row.reason,
    createdAt: iso(row.createdAt),
  }));
}

/** An invoice that the open tenant has issued or received. Throws `not_found`. */
export async function findInvoice(tx: Transaction, tenantId: string, id: string): Promise<InvoiceRow> {
  const row = await tx.invoice.findFirst({ where: { id } });
  if (!row) throw new Fault('not_found', 'There is no such invoice.');
  if (row.tenantId === tenantId) return row;
  const account = await tx.billingAccount.findFirst({
    where: { tenantId: row.tenantId, id: row.billingAccountId, consumerTenantId: tenantId },
    select: { id: true },
  });
  if (!account) throw new Fault('not_found', 'There is no such invoice.');
  return row;
}

/** An invoice that the open tenant has issued. Throws `not_found`. */
export async function findIssued(tx: Transaction, tenantId: string, id: string): Promise<InvoiceRow> {
  const row = await tx.invoice.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new Fault('not_found', 'There is no such invoice among those you have issued.');
  return row;
}

/** An invoice as it was frozen, and what has become of it, in rows of text. */
export async function wordsOf(tx: Transaction, row: InvoiceRow): Promise<InvoiceWords> {
  return invoiceWords(documentOf(row), {
    state: row.state,
    amountPaidNano: row.amountPaidNano,
    creditedNano: row.creditedNano,
    creditNotes: await readCreditNotes(tx, row),
    endReason: row.endReason,
  });
}

/** Invoices of one side, newest first, and one more than asked for where there are more. */
export async function readInvoices(
  tx: Transaction,
  which: {
    readonly side: { readonly tenantId: string } | { readonly consumerTenantId: string };
    readonly accountId?: string;
    readonly state?: (typeof INVOICE_STATES)[number];
    readonly before?: string;
    readonly limit: number;
  },
): Promise<{ items: z.input<typeof invoiceShape>[]; nextCursor: string | null }> {
  const accounts = await tx.billingAccount.findMany({
    where: { ...which.side, ...(which.accountId ? { id: which.accountId } : {}) },
    select: { id: true },
  });
  const rows = await tx.invoice.findMany({
    where: {
      billingAccountId: { in: accounts.map(({ id }) => id) },
      ...(which.state ? { state: which.state } : {}),
      ...(which.before ? { id: { lt: which.before } } : {}),
    },
    orderBy: { id: 'desc' },
    take: which.limit + 1,
  });
  const items = rows.slice(0, which.limit).map(invoiceOut);
  const more = rows.length > which.limit;
  return { items, nextCursor: more ? must(items.at(-1), 'the last of a full page').id : null };
}
