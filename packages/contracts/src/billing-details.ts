import { z } from 'zod';

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}]*$/u, 'One line of plain text.');

const lines = (most: number, rows: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\n]*(\n[^\p{Cc}\n]*)*$/u, 'Plain text.')
    .refine((text) => text.split('\n').length <= rows, `At most ${rows} lines.`);

/** A country by ISO 3166-1, two letters, or nothing. */
export const countryCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^([A-Z]{2})?$/, 'Two letters (ISO 3166-1), like DE or US.');

/** A part of a country by ISO 3166-2 without the country: `CA`, `BY`, `QC`; or nothing. */
export const regionCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]{0,3}$/, 'Up to three letters or digits (ISO 3166-2), like CA or QC.');

/** Who a party to an invoice is. What is not known is an empty text. */
export const billingDetailsSchema = z.strictObject({
  legalName: oneLine(200).default('').describe('Name in law, as invoices show it'),
  address: lines(500, 6).default('').describe('Street, postcode and town, up to six lines'),
  country: countryCode.default('').describe('Two letters, like DE: decides which tax applies'),
  region: regionCode.default('').describe('State or province, where tax depends on it'),
  taxId: oneLine(40).default('').describe('Tax or VAT number'),
  email: z
    .union([z.literal(''), z.email('An address like accounts@example.com.').max(254)])
    .default('')
    .describe('Where questions about invoices go'),
});
export type BillingDetails = z.output<typeof billingDetailsSchema>;

/** What a publisher's invoices say besides. */
export const billingProfileSchema = billingDetailsSchema.extend({
  paymentDetails: lines(500, 6).default('').describe('Bank account or other way to pay'),
  footer: lines(1000, 10).default('').describe('Small print under each invoice'),
});
export type BillingProfile = z.output<typeof billingProfileSchema>;

export const NO_DETAILS: BillingDetails = {
  legalName: '',
  address: '',
  country: '',
  region: '',
  taxId: '',
  email: '',
};

/** How a rate bears on an invoice. */
export const TAX_TREATMENTS = ['taxed', 'reverse_charge', 'exempt'] as const;
export type TaxTreatment = (typeof TAX_TREATMENTS)[number];

/** A rate as an invoice froze it, with what came of it. */
export const invoiceTaxSchema = z.strictObject({
  name: z.string(),
  /** Millionths of the net amount: 190000 is 19 %. */
  ppm: z.number().int(),
  country: z.string(),
  region: z.string(),
  treatment: z.enum(TAX_TREATMENTS),
  /** Why nothing is charged, where a customer is exempt. */
  reason: z.string(),
  baseNano: z.string(),
  amountNano: z.string(),
});
export type InvoiceTax = z.output<typeof invoiceTaxSchema>;
