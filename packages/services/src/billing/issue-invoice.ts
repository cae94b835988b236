import { createHash } from 'node:crypto';
import type { InvoiceLine, InvoiceParties } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import { type InvoiceableLine, invoiceableLines, nextNumber, unbilledUpTo } from '@parley/db/repositories/invoices';
import { balancesOf, type LockedAccount } from '@parley/db/repositories/ledger';
import { canonicalText, type InvoiceDocument, invoiceName, payable } from '@parley/domain/invoices/document';
import type { BillingMonth } from '@parley/domain/rating/billing-month';
import { newId } from '@parley/kernel/id';
import type { Nano } from '@parley/kernel/money';
import { asJson } from '../given.ts';
import { type Entry, openAccount, post } from './post.ts';
import { tellGateways } from './tell-gateways.ts';

/** Days from issue until an invoice is due. */
const DUE_DAYS = 14;
const DAY_MS = 86_400_000;

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

/** The sums of an invoice: of its lines, and of what is left of them to pay once credit has paid its part. */
export function sumsOf(
  lines: readonly InvoiceLine[],
  unbilledNano: Nano,
  currency: string,
): Pick<InvoiceDocument, 'subtotalNano' | 'creditNano' | 'roundingNano' | 'taxNano' | 'totalNano'> {
  const subtotalNano = lines.reduce((sum, { amountNano }) => sum + BigInt(amountNano), 0n);
  const totalNano = unbilledNano > 0n ? payable(unbilledNano, currency) : 0n;
  return {
    subtotalNano,
    // below zero, what a correction leaves over is kept as credit rather than asked for
    creditNano: subtotalNano - unbilledNano + (unbilledNano < 0n ? unbilledNano : 0n),
    roundingNano: unbilledNano > 0n ? totalNano - unbilledNano : 0n,
    taxNano: 0n,
    totalNano,
  };
}

export function hashOfDocument(document: InvoiceDocument): string {
  return createHash('sha256').update(canonicalText(document)).digest('hex');
}

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
 * invoice, and moves what is unbilled to receivable, rounded once to the smallest coin. What a correction leaves below zero
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
  const sums = sumsOf(lines, unbilledNano, account.currency);
  const parties = await partiesOf(tx, account, lines);
  const document = {
    number,
    period: month.name,
    currency: account.currency,
    parties,
    lines,
    ...sums,
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
  await bill(tx, account, { invoiceId, number, period: month.name, unbilledNano, ...sums, at });
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

/** Names of both sides and of the subscriptions on the lines, as they are now. */
async function partiesOf(
  tx: Transaction,
  account: LockedAccount,
  lines: readonly InvoiceLine[],
): Promise<InvoiceParties> {
  const tenants = await tx.tenant.findMany({
    where: { id: { in: [account.tenantId, account.consumerTenantId] } },
    select: { id: true, slug: true, name: true },
  });
  const party = (id: string) => {
    const { slug = '', name = '' } = tenants.find((tenant) => tenant.id === id) ?? {};
    return { slug, name };
  };
  const subscriptions = await tx.subscription.findMany({
    where: { tenantId: account.tenantId, id: { in: [...new Set(lines.map((line) => line.subscriptionId))] } },
    select: {
      id: true,
      api: { select: { name: true } },
      plan: { select: { name: true } },
      application: { select: { name: true } },
    },
    orderBy: { id: 'asc' },
  });
  const named = subscriptions.map(({ id, api, plan, application }): [string, string] => [
    id,
    `${api.name}, plan ${plan.name}, for ${application.name}`,
  ]);
  return {
    publisher: party(account.tenantId),
    customer: party(account.consumerTenantId),
    subscriptions: Object.fromEntries<string>(named),
  };
}
