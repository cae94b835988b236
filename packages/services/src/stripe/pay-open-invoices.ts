import type { Database } from '@parley/db/client';
import Stripe from 'stripe';
import type { StripeAccess } from './access.ts';
import type { StripeAccount } from './customer.ts';

/**
 * Tries a new card on what an account owes. A card that is refused here is no failure of ours: Stripe tells of it, and of
 * success, by events of the invoices.
 */
export async function payOpenInvoices(
  access: StripeAccess,
  db: Database,
  given: { readonly account: StripeAccount; readonly method: string },
): Promise<void> {
  const { tenantId, accountId } = given.account;
  const open = await db.within({ tenantId }, (tx) =>
    tx.stripeInvoice.findMany({
      where: { tenantId, billingAccountId: accountId, state: 'open', failingSince: { not: null } },
      select: { stripeInvoiceId: true },
      orderBy: { createdAt: 'asc' },
    }),
  );
  for (const { stripeInvoiceId: id } of open) {
    if (id === null) continue;
    const options = { idempotencyKey: `parley-pay-${id}-${given.method}` };
    await access.client.invoices.pay(id, { payment_method: given.method }, options).catch((error: unknown) => {
      const refused =
        error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError;
      if (!refused) throw error;
    });
  }
}
