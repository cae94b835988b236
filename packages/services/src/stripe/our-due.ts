import type { Database } from '@parley/db/client';
import type Stripe from 'stripe';
import type { StripeAccess } from './access.ts';

/** Said of an invoice at Stripe before it is marked as paid because we were paid elsewhere. */
export const SETTLED = 'parley_settled';
/** Said of a credit note at Stripe that only tells of what happened at ours. */
export const LOWERED = 'parley_lowered';

/** How an invoice stands at ours; `null` where there is only its mirror. */
export function ourDue(
  db: Database,
  of: { readonly tenantId: string; readonly invoiceId: string },
): Promise<{ state: string; totalNano: bigint; dueNano: bigint } | null> {
  return db.within({ tenantId: of.tenantId }, async (tx) => {
    const row = await tx.invoice.findUnique({
      where: { tenantId_id: { tenantId: of.tenantId, id: of.invoiceId } },
      select: { state: true, totalNano: true, amountPaidNano: true, creditedNano: true },
    });
    if (row === null) return null;
    const { state, totalNano, amountPaidNano, creditedNano } = row;
    const dueNano = state === 'void' ? 0n : totalNano - amountPaidNano - creditedNano;
    return { state, totalNano, dueNano };
  });
}

/**
 * What Stripe took for a paid invoice, in minor units: all that it says was paid, unless we asked it to mark the invoice as paid;
 * then only what was charged to a card before that reached it.
 */
export async function takenByStripe(access: StripeAccess, invoice: Stripe.Invoice): Promise<number> {
  if (invoice.metadata?.[SETTLED] === undefined || invoice.status !== 'paid') return invoice.amount_paid;
  const { data } = await access.client.invoicePayments.list({ invoice: invoice.id, status: 'paid', limit: 100 });
  return data
    .filter(({ payment }) => payment.type === 'payment_intent' || payment.type === 'charge')
    .reduce((sum, { amount_paid: paid }) => sum + (paid ?? 0), 0);
}
