import {
  type BillingDetails,
  type BillingProfile,
  billingDetailsSchema,
  billingProfileSchema,
  NO_DETAILS,
} from '@parley/contracts/billing-details';
import type { InvoiceLine, InvoiceParties } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import { type ChosenTax, chooseTaxes } from '@parley/domain/invoices/taxes';

interface AccountSides {
  readonly tenantId: string;
  readonly id: string;
  readonly consumerTenantId: string;
}

const said = (details: Readonly<Record<string, string>>): boolean => Object.values(details).some((text) => text !== '');

/** What a publisher's invoices say of it; `null` where it has said nothing. */
export async function profileOf(tx: Transaction, tenantId: string): Promise<BillingProfile | null> {
  const row = await tx.billingProfile.findUnique({ where: { tenantId } });
  if (row === null) return null;
  const { tenantId: _tenant, id: _id, updatedAt: _at, ...details } = row;
  return said(details) ? billingProfileSchema.parse(details) : null;
}

/** What a publisher's invoices say of a customer; `null` where it has said nothing. */
export async function detailsOf(
  tx: Transaction,
  account: { readonly tenantId: string; readonly id: string },
): Promise<BillingDetails | null> {
  const key = { tenantId: account.tenantId, billingAccountId: account.id };
  const row = await tx.billingAccountDetails.findUnique({ where: { tenantId_billingAccountId: key } });
  if (row === null) return null;
  const { tenantId: _tenant, billingAccountId: _id, updatedAt: _at, ...details } = row;
  return said(details) ? billingDetailsSchema.parse(details) : null;
}

/** Both sides and the subscriptions on the lines as they are now, and the rates of tax that bear on the customer. */
export async function partiesOf(
  tx: Transaction,
  account: AccountSides,
  lines: readonly InvoiceLine[],
): Promise<{ parties: InvoiceParties; taxes: ChosenTax[] }> {
  const { tenantId, id, consumerTenantId } = account;
  const tenants = await tx.tenant.findMany({
    where: { id: { in: [tenantId, consumerTenantId] } },
    select: { id: true, slug: true, name: true },
  });
  const party = (of: string) => {
    const { slug = '', name = '' } = tenants.find((tenant) => tenant.id === of) ?? {};
    return { slug, name };
  };
  const [profile, details] = [await profileOf(tx, tenantId), await detailsOf(tx, account)];
  const rates = await tx.taxRate.findMany({ where: { tenantId, archivedAt: null }, orderBy: { id: 'asc' } });
  const exemption = await tx.taxExemption.findUnique({
    where: { tenantId_billingAccountId: { tenantId, billingAccountId: id } },
    select: { reason: true },
  });
  return {
    parties: {
      publisher: { ...party(tenantId), ...(profile ? { details: profile } : {}) },
      customer: { ...party(consumerTenantId), ...(details ? { details } : {}) },
      subscriptions: await namesOf(tx, tenantId, lines),
    },
    taxes: chooseTaxes(rates, {
      publisher: profile ?? NO_DETAILS,
      customer: details ?? NO_DETAILS,
      exemption: exemption?.reason ?? null,
    }),
  };
}

/** What each subscription on the lines is called. */
async function namesOf(
  tx: Transaction,
  tenantId: string,
  lines: readonly InvoiceLine[],
): Promise<Record<string, string>> {
  const subscriptions = await tx.subscription.findMany({
    where: { tenantId, id: { in: [...new Set(lines.map((line) => line.subscriptionId))] } },
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
  return Object.fromEntries<string>(named);
}
