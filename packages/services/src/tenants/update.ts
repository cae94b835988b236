import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import {
  currencyShape,
  descriptionShape,
  tenantNameShape,
  tenantOut,
  tenantShape,
  timezoneShape,
} from './tenant-shape.ts';

/** Changes the open tenant's settings; what is not given stays. The URL name never changes: clients call by it. */
export const updateTenant = defineVerb({
  name: 'tenants.update',
  summary: 'Change the tenant’s name, description, time zone or display currency.',
  kind: 'write',
  access: 'tenant.write',
  input: z.object({
    name: tenantNameShape.optional(),
    description: descriptionShape.optional(),
    timezone: timezoneShape.optional(),
    currency: currencyShape.optional(),
  }),
  output: tenantShape,
  rest: { method: 'PATCH', path: '/tenant' },
  async run({ tx, tenantId, input, audit, announce }) {
    await checkCurrency(tx, tenantId, input.currency);
    const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const tenant = await tx.tenant.update({ where: { id: tenantId }, data: changes });
    await audit({ subject: { kind: 'tenant', id: tenantId, label: tenant.name }, detail: changes });
    await announce('snapshot.tenant', { tenantId });
    return tenantOut(tenant);
  },
});

/** Prices, accounts and invoices are in the publisher's currency: it stays once a customer has an account. */
async function checkCurrency(tx: Transaction, tenantId: string, currency: string | undefined): Promise<void> {
  if (currency === undefined) return;
  const account = await tx.billingAccount.findFirst({ where: { tenantId }, select: { currency: true } });
  if (!account || account.currency === currency) return;
  throw wrongField('currency', `Customers have accounts in ${account.currency}. The currency stays.`);
}
