import { exactMinor } from '@parley/domain/billing/minor-units';
import { Fault } from '@parley/kernel/fault';
import { NANO_PER_UNIT, parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { AfterCommit, defineVerb } from '../verb.ts';
import { openCheckout } from './open-checkout.ts';
import { accountInput, billingPage, findOwnAccount, goThereShape, stripeOf } from './payment-shape.ts';

const LEAST = 1n * NANO_PER_UNIT;
const MOST = 100_000n * NANO_PER_UNIT;

/** Sends a customer to Stripe to buy credit; it is granted once Stripe says that it was paid. */
export const buyCredit = defineVerb({
  name: 'payments.buyCredit',
  summary: 'Open a page to buy credit with a card. The credit is there once the payment is confirmed.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/billing-accounts/{account}/buy-credit' },
  input: z.object({
    account: accountInput,
    amount: z.string().describe('In whole units of the account’s currency, such as 25 or 12.50.'),
  }),
  output: goThereShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    stripeOf(context);
    const account = await findOwnAccount(tx, tenantId, input.account);
    const amountNano = parseAmount(input.amount);
    const minor = amountNano === null ? null : exactMinor(amountNano, account.currency);
    if (amountNano === null || minor === null || amountNano < LEAST || amountNano > MOST) {
      const message = `From 1 to 100000 ${account.currency}, in its smallest unit at the finest.`;
      throw new Fault('invalid_input', 'This amount cannot be bought.', [{ path: 'amount', message }]);
    }
    const page = await billingPage(tx, context, tenantId);
    await audit({
      subject: { kind: 'billing-account', id: account.id, label: `${input.amount} ${account.currency}` },
      detail: { amount: input.amount, currency: account.currency },
    });
    return new AfterCommit(() =>
      openCheckout(context, {
        account,
        kind: 'topUp',
        amountNano,
        page,
        params: {
          mode: 'payment',
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: account.currency.toLowerCase(),
                unit_amount: minor,
                product_data: { name: 'Prepaid credit' },
              },
            },
          ],
        },
      }),
    );
  },
});
