import { type BillingDetails, billingDetailsSchema } from '@parley/contracts/billing-details';
import { BILLING_STANDINGS, CREDIT_KINDS } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { formatAmount, type Nano, parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** Decimal amount of whole units, more than nothing: `"25.00"`. */
export const amountAbove0 = z
  .string()
  .trim()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'A plain amount like 25.00, at most nine decimals.')
  .refine((text) => (parseAmount(text) ?? 0n) > 0n, 'More than 0.');

/** Nano-units of an amount whose shape was checked. */
export function nanoOf(text: string): Nano {
  const amount = parseAmount(text);
  if (amount === null) throw new Error('the shape of an amount was checked before');
  return amount;
}

const partyShape = z.object({ slug: z.string(), name: z.string() });

/** A billing account, for either side. Amounts are decimal strings of whole units of its currency. */
export const accountShape = z.object({
  id: z.uuid(),
  publisher: partyShape,
  customer: partyShape,
  currency: z.string(),
  standing: z.enum(BILLING_STANDINGS),
  standingSince: timeShape,
  standingReason: z.string(),
  /** Credit left to spend, given and bought. */
  credit: z.string(),
  promotionalCredit: z.string(),
  purchasedCredit: z.string(),
  /** Used and not invoiced yet, beyond what credit paid. */
  unbilled: z.string(),
  /** Invoiced and not paid yet. */
  due: z.string(),
  /** Paid too much, or the rest of bought credit that was taken back: to be paid out. */
  owedBack: z.string(),
  /** Who the customer is on invoices; null where it has said nothing. */
  details: billingDetailsSchema.nullable(),
  /** Why no tax is charged; null where it is. */
  taxExemption: z.string().nullable(),
  createdAt: timeShape,
});

export const grantShape = z.object({
  id: z.uuid(),
  kind: z.enum(CREDIT_KINDS),
  amount: z.string(),
  remaining: z.string(),
  /** Lower is spent first. */
  priority: z.number().int(),
  expiresAt: optionalTimeShape,
  note: z.string(),
  createdAt: timeShape,
  /** How and when it ended, and what was left of it then. */
  ended: z.object({ how: z.enum(['expired', 'voided']), at: timeShape, left: z.string() }).nullable(),
});

/** Which side of accounts is asked for, and more of where they are. */
export interface WhichAccounts {
  readonly side: { readonly tenantId: string } | { readonly consumerTenantId: string };
  readonly id?: string;
  readonly after?: string;
  readonly limit: number;
}

/** Billing accounts with their balances, in the order they were made. */
export async function readAccounts(tx: Transaction, which: WhichAccounts): Promise<z.input<typeof accountShape>[]> {
  const rows = await tx.billingAccount.findMany({
    where: { ...which.side, ...(which.id ? { id: which.id } : which.after ? { id: { gt: which.after } } : {}) },
    orderBy: { id: 'asc' },
    take: which.limit,
    include: { balances: true, details: true, exemptions: true },
  });
  const parties = await tx.tenant.findMany({
    where: { id: { in: rows.flatMap((row) => [row.tenantId, row.consumerTenantId]) } },
    select: { id: true, slug: true, name: true },
  });
  const names = new Map(parties.map(({ id, slug, name }) => [id, { slug, name }]));
  const nobody = { slug: '', name: '' };
  return rows.map((row) => {
    const sum = (account: string): Nano =>
      row.balances.reduce((total, one) => (one.account === account ? total + one.amountNano : total), 0n);
    const [promotional, purchased] = [-sum('credit_promotional'), -sum('credit_purchased')];
    return {
      id: row.id,
      publisher: names.get(row.tenantId) ?? nobody,
      customer: names.get(row.consumerTenantId) ?? nobody,
      currency: row.currency,
      standing: row.standing,
      standingSince: iso(row.standingSince),
      standingReason: row.standingReason,
      credit: formatAmount(promotional + purchased),
      promotionalCredit: formatAmount(promotional),
      purchasedCredit: formatAmount(purchased),
      unbilled: formatAmount(sum('unbilled')),
      due: formatAmount(sum('receivable')),
      owedBack: formatAmount(-sum('refund')),
      details: detailsOut(row.details[0]),
      taxExemption: row.exemptions[0]?.reason ?? null,
      createdAt: iso(row.createdAt),
    };
  });
}

function detailsOut(row: (BillingDetails & { readonly tenantId: string }) | undefined): BillingDetails | null {
  if (!row) return null;
  const { legalName, address, country, region, taxId, email } = row;
  return { legalName, address, country, region, taxId, email };
}

/** An account that the open tenant is a side of. Throws `not_found`. */
export async function findAccount(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<{ id: string; tenantId: string; consumerTenantId: string; currency: string }> {
  const row = await tx.billingAccount.findFirst({
    where: { id, OR: [{ tenantId }, { consumerTenantId: tenantId }] },
    select: { id: true, tenantId: true, consumerTenantId: true, currency: true },
  });
  if (!row) throw new Fault('not_found', 'There is no such billing account.');
  return row;
}

/** Grants of an account, the newest first. */
export async function readGrants(
  tx: Transaction,
  account: { readonly tenantId: string; readonly id: string },
  which: { readonly id?: string; readonly before?: string; readonly limit: number },
): Promise<z.input<typeof grantShape>[]> {
  const rows = await tx.creditGrant.findMany({
    where: {
      tenantId: account.tenantId,
      billingAccountId: account.id,
      ...(which.id ? { id: which.id } : which.before ? { id: { lt: which.before } } : {}),
    },
    orderBy: { id: 'desc' },
    take: which.limit,
  });
  const balances = await tx.ledgerBalance.findMany({
    where: { tenantId: account.tenantId, billingAccountId: account.id, item: { in: rows.map(({ id }) => id) } },
    select: { item: true, amountNano: true },
  });
  const left = new Map(balances.map(({ item, amountNano }) => [item, -amountNano]));
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    amount: formatAmount(row.amountNano),
    remaining: formatAmount(left.get(row.id) ?? 0n),
    priority: row.priority,
    expiresAt: iso(row.expiresAt),
    note: row.note,
    createdAt: iso(row.createdAt),
    ended:
      row.endedAt && row.endKind ? { how: row.endKind, at: iso(row.endedAt), left: formatAmount(row.endedNano) } : null,
  }));
}
