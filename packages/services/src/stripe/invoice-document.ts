import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { asJson } from '../given.ts';

const nano = z.string().regex(/^-?\d+$/);

/** One of Parley's invoices as it is to appear at Stripe: its lines are ours, Stripe computes nothing. */
export const invoiceDocument = z.object({
  number: z.string(),
  currency: z.string(),
  lines: z
    .array(
      z.object({
        description: z.string(),
        /** Nano-units; credits and what credit paid are negative. */
        amountNano: nano,
        periodStart: z.iso.datetime(),
        periodEnd: z.iso.datetime(),
        /** The plan it was used under. */
        planId: z.uuid().optional(),
      }),
    )
    .min(1)
    .max(5_000),
});
export type InvoiceDocument = z.infer<typeof invoiceDocument>;

/**
 * Asks for an issued invoice to be mirrored and charged, in the transaction that issues it. A repeat changes nothing: what
 * was issued does not change.
 */
export async function queueInvoice(
  tx: Transaction,
  invoice: {
    readonly tenantId: string;
    readonly accountId: string;
    readonly invoiceId: string;
    readonly document: InvoiceDocument;
  },
): Promise<void> {
  await tx.stripeInvoice.createMany({
    data: {
      tenantId: invoice.tenantId,
      invoiceId: invoice.invoiceId,
      billingAccountId: invoice.accountId,
      document: asJson(invoiceDocument.parse(invoice.document)),
    },
    skipDuplicates: true,
  });
}
