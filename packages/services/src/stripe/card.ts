import type { Database } from '@parley/db/client';
import type { StripeAccess } from './access.ts';
import type { StripeAccount } from './customer.ts';

/** Reads which card invoices are charged to, and keeps what may be shown of it. `null`: there is none. */
export async function refreshCard(
  access: StripeAccess,
  db: Database,
  { tenantId, accountId, customerId }: StripeAccount,
): Promise<{ last4: string } | null> {
  const customer = await access.client.customers.retrieve(customerId, {
    expand: ['invoice_settings.default_payment_method'],
  });
  const method = customer.deleted ? null : customer.invoice_settings.default_payment_method;
  const card = method !== null && typeof method === 'object' ? method.card : undefined;
  const key = { tenantId, billingAccountId: accountId };
  await db.within({ tenantId }, async (tx) => {
    if (!card || method === null || typeof method === 'string') {
      await tx.stripeCard.deleteMany({ where: key });
      return;
    }
    const data = {
      paymentMethodId: method.id,
      brand: card.brand,
      last4: card.last4,
      expMonth: card.exp_month,
      expYear: card.exp_year,
    };
    await tx.stripeCard.upsert({
      where: { tenantId_billingAccountId: key },
      create: { ...key, ...data },
      update: data,
    });
  });
  return card ? { last4: card.last4 } : null;
}
