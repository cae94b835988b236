import { countryCode, regionCode } from '@parley/contracts/billing-details';
import { percentText } from '@parley/domain/invoices/taxes';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

const PPM_OF_A_PERCENT = 10_000;

/** A rate of tax, as verbs take it. */
export const rateInput = z.object({
  /** As invoices show it. */
  name: z.string().trim().min(1, 'What invoices call it, like VAT.').max(60, 'At most 60 characters.'),
  /** Of the net amount: `19`, `9.975`. */
  percent: z
    .string()
    .trim()
    .regex(/^\d{1,2}(\.\d{1,4})?$/, 'A plain number like 19 or 9.975.')
    .refine((text) => Number(text) <= 50, 'At most 50.'),
  /** Customers of this country; empty: of countries that no rate names. */
  country: countryCode.default(''),
  /** Only this part of the country; empty: all of it. */
  region: regionCode.default(''),
  /** Businesses with a tax number in another country account for it themselves. */
  reverseCharge: z.boolean().default(false),
});

export const rateShape = rateInput.extend({ id: z.uuid(), createdAt: timeShape });

/** Millionths of a percentage whose shape was checked; exact, since it has four decimals at most. */
export const ppmOf = (percent: string): number => Math.round(Number(percent) * PPM_OF_A_PERCENT);

export function rateOut(row: {
  id: string;
  name: string;
  ppm: number;
  country: string;
  region: string;
  reverseCharge: boolean;
  createdAt: Date;
}): z.input<typeof rateShape> {
  const { id, name, ppm, country, region, reverseCharge, createdAt } = row;
  return { id, name, percent: percentText(ppm), country, region, reverseCharge, createdAt: iso(createdAt) };
}
