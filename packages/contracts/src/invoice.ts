import { z } from 'zod';

export const INVOICE_STATES = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

const nano = z.string().regex(/^-?\d+$/);

/** A line as it is frozen: what the ledger accrued, and how it was rated. Amounts in nano-units. */
export const invoiceLineSchema = z.strictObject({
  subscriptionId: z.uuid(),
  /** The month it was used in; one before the invoice's is an adjustment. */
  period: z.string(),
  /** The rated line that it is, stable within subscription and month. */
  line: z.string(),
  quantity: nano,
  amountNano: nano,
  rated: z.record(z.string(), z.unknown()),
  /** Number of the invoice that the month was on, where this corrects it. */
  adjusts: z.number().int().nullable(),
});
export type InvoiceLine = z.output<typeof invoiceLineSchema>;

const partySchema = z.strictObject({ slug: z.string(), name: z.string() });

/** Names as they were when the invoice was issued. */
export const invoicePartiesSchema = z.strictObject({
  publisher: partySchema,
  customer: partySchema,
  /** What each subscription is called, by id. */
  subscriptions: z.record(z.string(), z.string()),
});
export type InvoiceParties = z.output<typeof invoicePartiesSchema>;
