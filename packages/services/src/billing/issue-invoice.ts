import type { InvoiceParties } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import { invoiceableLines, nextNumber, unbilledUpTo } from '@parley/db/repositories/invoices';
import { balancesOf, type LockedAccount } from '@parley/db/repositories/ledger';
import { invoiceName } from '@parley/domain/invoices/document';
import type { BillingMonth } from '@parley/domain/rating/billing-month';
import { newId } from '@parley/kernel/id';
import type { Nano } from '@parley/kernel/money';
import { asJson } from '../given.ts';
import { partiesOf } from './invoice-parties.ts';
import { frozenLine, hashOfDocument, sumsOf } from './invoice-sums.ts';
import { type Entry, openAccount, post } from './post.ts';
import { tellGateways } from './tell-gateways.ts';

/** Days from issue until an invoice is due. */
const DUE_DAYS = 14;
const DAY_MS = 86_400_000;

export interface IssuedInvoice {
  readonly invoiceId: string;
  readonly number: number;
  readonly totalNano: Nano;
  readonly currency: string;
  readonly dueAt: Date;
  readonly parties: InvoiceParties;
  /** It was issued before. */
  readonly repeated: boolean;
}

/**
 * Closes an account's month: freezes what was accrued for it, and what was found out since about months before, into an
 * invoice, and moves what is unbilled to receivable, rounded once to the smallest coin, with tax where rates apply. What a correction leaves below zero
 * becomes credit. One invoice for an account and month: a repeat returns it. `null` where there is nothing to say.
 * The worker's scope. Throws `not_found` for an unknown account.
 */
export async function issueInvoice(
  tx: Transaction,
  asked: { readonly tenantId: string; readonly accountId: string; readonly month: BillingMonth; readonly at: Date },
): Promise<IssuedInvoice | null> {
  const { tenantId, month, at } = asked;
  const account = await openAccount(tx, tenantId, asked.accountId);
  const key = { tenantId, billingAccountId: account.id, period: month.name };
  const known = await tx.invoice.findUnique({ where: { tenantId_billingAccountId_period: key } });
  if (known) {
    const { id, number, totalNano, currency, dueAt, parties } = known;
    return { invoiceId: id, number, totalNano, currency, dueAt, parties: parties as InvoiceParties, repeated: true };
  }
  const { ledgerSequence } = await tx.billingAccount.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: account.id } },
    select: { ledgerSequence: true },
  });
  const place = { tenantId, accountId: account.id, period: month.name, sequence: ledgerSequence };
  const lines = (await invoiceableLines(tx, place)).map(frozenLine);
  const unbilledNano = await unbilledUpTo(tx, place);
  if (unbilledNano === 0n && lines.every(({ amountNano }) => amountNano === '0')) return null;

  const invoiceId = newId();
  const number = await nextNumber(tx, tenantId, 'invoice');
  const dueAt = new Date(at.getTime() + DUE_DAYS * DAY_MS);
  const { parties, taxes: chosen } = await partiesOf(tx, account, lines);
  const { taxes, ...sums } = sumsOf({ lines, unbilledNano, currency: account.currency, taxes: chosen });
  const document = {
    number,
    period: month.name,
    currency: account.currency,
    parties,
    lines,
    ...sums,
    ...(taxes ? { taxes } : {}),
    issuedAt: at.toISOString(),
    dueAt: dueAt.toISOString(),
  };
  const settled = sums.totalNano === 0n;
  await tx.invoice.create({
    data: {
      tenantId,
      id: invoiceId,
      billingAccountId: account.id,
      number,
      period: month.name,
      periodStart: new Date(month.period.startMs),
      periodEnd: new Date(month.period.endMs),
      state: settled ? 'paid' : 'open',
      currency: account.currency,
      parties: asJson(parties),
      lines: asJson(lines),
      ...sums,
      ...(taxes ? { taxes: asJson(taxes) } : {}),
      ledgerSequence,
      hash: hashOfDocument(document),
      issuedAt: at,
      dueAt,
      paidAt: settled ? at : null,
    },
    select: { id: true },
  });
  const ofMonth = new Set(lines.filter(({ period }) => period === month.name).map((line) => line.subscriptionId));
  await tx.invoiceSubscription.createMany({
    data: [...ofMonth].map((subscriptionId) => ({ tenantId, subscriptionId, period: month.name, invoiceId })),
  });
  await bill(tx, account, {
    invoiceId,
    number,
    period: month.name,
    unbilledNano,
    at,
    ...sums,
    taxesNano: taxes?.map(({ amountNano }) => BigInt(amountNano)) ?? [],
  });
  return { invoiceId, number, totalNano: sums.totalNano, currency: account.currency, dueAt, parties, repeated: false };
}

/** Moves what is unbilled up to a month to receivable, or to credit where it is below zero. */
async function bill(
  tx: Transaction,
  account: LockedAccount,
  invoice: {
    invoiceId: string;
    number: number;
    period: string;
    unbilledNano: Nano;
    totalNano: Nano;
    roundingNano: Nano;
    /** Of each rate. */
    taxesNano: readonly Nano[];
    at: Date;
  },
): Promise<void> {
  const { invoiceId, number, period, unbilledNano, at } = invoice;
  const open = (await balancesOf(tx, account, 'unbilled')).filter(({ item }) => item <= period);
  if (open.length === 0) return;
  const entries: Entry[] = open.map((balance) => ({
    account: 'unbilled',
    amountNano: -balance.amountNano,
    period: balance.item,
    invoiceId,
  }));
  if (unbilledNano < 0n) {
    const grantId = newId();
    await tx.creditGrant.create({
      data: {
        tenantId: account.tenantId,
        id: grantId,
        billingAccountId: account.id,
        kind: 'purchased',
        currency: account.currency,
        amountNano: -unbilledNano,
        note: `From invoice ${invoiceName(number)}`,
        createdAt: at,
      },
      select: { id: true },
    });
    entries.push({ account: 'credit_purchased', amountNano: unbilledNano, grantId, invoiceId });
  } else {
    entries.push({ account: 'receivable', amountNano: invoice.totalNano, invoiceId });
    entries.push({ account: 'publisher_share', amountNano: -invoice.roundingNano, period, invoiceId });
    for (const taxNano of invoice.taxesNano) entries.push({ account: 'tax', amountNano: -taxNano, period, invoiceId });
  }
  await post(tx, account, {
    kind: 'invoice',
    key: `invoice:${account.id}:${period}`,
    occurredAt: at,
    note: invoiceName(number),
    entries,
  });
  if (unbilledNano < 0n) await tellGateways(tx, account);
}
