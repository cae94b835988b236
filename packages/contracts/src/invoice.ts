import { z } from 'zod';
import { billingDetailsSchema, billingProfileSchema } from './billing-details.ts';

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

/** Both sides as they were when the invoice was issued; details are absent where none had been given. */
export const invoicePartiesSchema = z.strictObject({
  publisher: partySchema.extend({ details: billingProfileSchema.optional() }),
  customer: partySchema.extend({ details: billingDetailsSchema.optional() }),
  /** What each subscription is called, by id. */
  subscriptions: z.record(z.string(), z.string()),
});
export type InvoiceParties = z.output<typeof invoicePartiesSchema>;
