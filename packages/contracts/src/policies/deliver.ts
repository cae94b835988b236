import { z } from 'zod';

/** Pauses that spread nine further tries over about three days (Standard Webhooks, “Deliverability”). */
export const STANDARD_PAUSES: readonly number[] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

const upTo = (least: number, most: number, usual: number) => z.number().int().min(least).max(most).default(usual);

/**
 * Accepts POST, PUT, PATCH and DELETE calls with 202 once they are kept safely, and delivers them later, signed by Standard
 * Webhooks and tried again until the destination takes them. REST APIs only; other methods are answered by the upstream.
 */
export const deliverPolicy = z.strictObject({
  to: z
    .array(z.string().min(1, 'Choose an upstream.').max(63).meta({ refersTo: 'upstream' }))
    .max(10, 'At most 10 destinations.')
    .refine((slugs) => new Set(slugs).size === slugs.length, 'Name each destination once.')
    .default([])
    .describe('Short names of the upstreams that each get the call; only the route’s own when empty'),
  retryAfterSeconds: z
    .array(z.number().int().min(1, 'At least 1 second.').max(86_400, 'At most 86400 seconds (a day).'))
    .max(20, 'At most 20 further tries.')
    .default([...STANDARD_PAUSES])
    .describe('Pauses before the second try, the third, and so on, in seconds; a delivery fails after the last'),
  timeoutSeconds: upTo(1, 30, 15).describe('Seconds a destination has to answer each try'),
  concurrency: upTo(1, 50, 10).describe('Most deliveries to one destination at the same time'),
  maxBodyKb: upTo(1, 1024, 256).describe('Kilobytes of the largest body that is accepted'),
  keepDays: upTo(1, 90, 30).describe('Days that an event and its tries are kept'),
});
export type DeliverPolicy = z.output<typeof deliverPolicy>;
