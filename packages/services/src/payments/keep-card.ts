import { z } from 'zod';
import { AfterCommit, defineVerb } from '../verb.ts';
import { openCheckout } from './open-checkout.ts';
import { accountInput, billingPage, findOwnAccount, goThereShape, stripeOf } from './payment-shape.ts';

/** Sends a customer to Stripe to leave a card, which invoices are charged to from then on. */
export const keepCard = defineVerb({
  name: 'payments.keepCard',
  summary: 'Open a page to leave a card that invoices are charged to; what is unpaid is tried on it at once.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/billing-accounts/{account}/card' },
  input: z.object({ account: accountInput }),
  output: goThereShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    stripeOf(context);
    const account = await findOwnAccount(tx, tenantId, input.account);
    const page = await billingPage(tx, context, tenantId);
    await audit({ subject: { kind: 'billing-account', id: account.id, label: account.currency } });
    const params = { mode: 'setup' as const, currency: account.currency.toLowerCase() };
    return new AfterCommit(() => openCheckout(context, { account, kind: 'card', amountNano: null, page, params }));
  },
});
