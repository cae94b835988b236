import { z } from 'zod';
import { iso, nameShape, slugShape, timeShape } from '../shapes.ts';

/** First path segments of the gateway and the portal, and names that would pass for the operator's. */
const RESERVED = new Set(
  [
    'v1 v1beta v1beta1 v2 api healthz readyz metrics openapi well-known static assets internal',
    't catalogue sign-in sign-up sign-out auth invitations docs new pricing status',
    'admin root system operator parley support security www mail billing gateway',
  ].flatMap((line) => line.split(' ')),
);

/** A tenant's name in URLs: `/t/<slug>` in the portal and `/<slug>/<api>/<version>` at the gateway. */
export const tenantSlugShape = slugShape.refine(
  (slug) => !RESERVED.has(slug),
  'This name is reserved. Choose another.',
);

export const tenantNameShape = nameShape;

export const descriptionShape = z.string().trim().max(2000, 'At most 2,000 characters.');

export const timezoneShape = z
  .string()
  .max(60)
  .refine(isTimeZone, 'Choose a time zone of the IANA list, like Europe/Berlin.');

export const currencyShape = z.string().refine(isCurrency, 'Choose a currency by its three letters, like EUR.');

export const tenantShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  timezone: z.string(),
  currency: z.string(),
  createdAt: timeShape,
});

export function tenantOut(tenant: {
  id: string;
  slug: string;
  name: string;
  description: string;
  timezone: string;
  currency: string;
  createdAt: Date;
}): z.input<typeof tenantShape> {
  return { ...tenant, createdAt: iso(tenant.createdAt) };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}
