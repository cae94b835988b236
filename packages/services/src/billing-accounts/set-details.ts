import { billingDetailsSchema } from '@parley/contracts/billing-details';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { accountInput, findOwnAccount } from '../payments/payment-shape.ts';
import { defineVerb } from '../verb.ts';

/** Says who the tenant is on the invoices it receives from one publisher. */
export const setBillingDetails = defineVerb({
  name: 'billingAccounts.setDetails',
  summary: 'Say who the tenant is on a publisher’s invoices from now on. Fields that are not given are emptied.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'PUT', path: '/billing-accounts/{account}/details' },
  input: z.object({ ...billingDetailsSchema.shape, account: accountInput }),
  output: billingDetailsSchema,
  async run({ tx, input, tenantId: consumerTenantId, audit }) {
    const { account: id, ...details } = input;
    if (details.region !== '' && details.country === '') {
      throw wrongField('country', 'A region is of a country: say which.');
    }
    const account = await findOwnAccount(tx, consumerTenantId, id);
    const key = { tenantId: account.tenantId, billingAccountId: account.id };
    await tx.billingAccountDetails.upsert({
      where: { tenantId_billingAccountId: key },
      create: { ...key, ...details },
      update: details,
    });
    await audit({
      subject: { kind: 'billing-account', id: account.id, label: details.legalName || account.currency },
      detail: details,
    });
    return details;
  },
});
