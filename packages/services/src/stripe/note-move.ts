import type { Transaction } from '@parley/db/client';

/**
 * Notes that something happened to an invoice that Stripe does not know of: a payment by bank, a credit note, its end. A worker
 * then sees to it that Stripe asks for no more than is due. Nothing where the invoice is not at Stripe.
 */
export async function noteMove(
  tx: Transaction,
  invoice: { readonly tenantId: string; readonly id: string },
): Promise<void> {
  await tx.stripeInvoice.updateMany({
    where: { tenantId: invoice.tenantId, invoiceId: invoice.id, state: { not: 'paid' } },
    data: { moved: { increment: 1 }, nextTryAt: new Date() },
  });
}
