import { z } from 'zod';
import { ensureCustomer } from '../stripe/customer.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { accountInput, billingPage, findOwnAccount, goThereShape, stripeOf } from './payment-shape.ts';

/** Opens Stripe's own pages for a customer: cards, invoices, receipts. */
export const openPaymentPortal = defineVerb({
  name: 'payments.openPortal',
  summary: 'Open Stripe’s own pages for an account: its cards and the invoices that were charged.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/billing-accounts/{account}/payment-portal' },
  input: z.object({ account: accountInput }),
  output: goThereShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    const access = stripeOf(context);
    const account = await findOwnAccount(tx, tenantId, input.account);
    const page = await billingPage(tx, context, tenantId);
    await audit({ subject: { kind: 'billing-account', id: account.id, label: account.currency } });
    return new AfterCommit(async () => {
      const { customerId } = await ensureCustomer(access, context.db, {
        tenantId: account.tenantId,
        accountId: account.id,
      });
      const session = await access.client.billingPortal.sessions.create({ customer: customerId, return_url: page });
      return { url: session.url };
    });
  },
});
