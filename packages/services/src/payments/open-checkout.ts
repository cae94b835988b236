import { newId } from '@parley/kernel/id';
import type Stripe from 'stripe';
import type { Context } from '../context.ts';
import { ensureCustomer } from '../stripe/customer.ts';
import { type OwnAccount, stripeOf } from './payment-shape.ts';

export interface CheckoutWish {
  readonly account: OwnAccount;
  readonly kind: 'topUp' | 'card' | 'plan';
  /** Nano-units that are paid; `null` where only a card is left. */
  readonly amountNano: bigint | null;
  /** Only with `plan`: the subscription that moves then, and where to. */
  readonly change?: { readonly subscriptionId: string; readonly planId: string };
  /** Where the page leads back to. */
  readonly page: string;
  readonly params: Partial<Stripe.Checkout.SessionCreateParams>;
}

/** Writes down that a customer is sent to a page of Stripe's, and opens the page. Not within a transaction. */
export async function openCheckout(context: Context, wish: CheckoutWish): Promise<{ url: string }> {
  const access = stripeOf(context);
  const { account, kind, amountNano, page, params, change } = wish;
  const { tenantId, id: accountId, currency } = account;
  const id = newId();
  const { customerId } = await ensureCustomer(access, context.db, { tenantId, accountId });
  await context.db.within({ tenantId }, (tx) =>
    tx.stripeCheckout.createMany({
      data: {
        tenantId,
        id,
        billingAccountId: accountId,
        kind,
        amountNano,
        currency,
        ...change,
        createdById: context.userId,
      },
    }),
  );
  const metadata = { parley_publisher: tenantId, parley_account: accountId, parley_checkout: id };
  const session = await access.client.checkout.sessions.create(
    {
      customer: customerId,
      success_url: `${page}?done=${id}`,
      cancel_url: page,
      client_reference_id: id,
      metadata,
      ...params,
    },
    { idempotencyKey: `parley-checkout-${id}` },
  );
  await context.db.within({ tenantId }, (tx) =>
    tx.stripeCheckout.updateMany({ where: { tenantId, id }, data: { sessionId: session.id } }),
  );
  if (session.url === null) throw new Error('Stripe opened a page without an address.');
  return { url: session.url };
}
