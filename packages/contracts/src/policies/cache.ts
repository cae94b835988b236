import { z } from 'zod';

const YEAR_SECONDS = 31_536_000;
const MEBIBYTE = 1_048_576;

const seconds = (most: number) =>
  z.number('Give a number of seconds.').int('Give whole seconds.').min(0).max(most, `At most ${most} seconds.`);

const parameterName = z
  .string()
  .min(1, 'Give the name of a query parameter.')
  .max(100, 'A name has at most 100 characters.');

/**
 * Answers of a REST API kept and given again (RFC 9111): to the application that got them, unless `shared`. Answers say
 * themselves how long they are good for (`Cache-Control`, `Expires`); the fields here decide where they say nothing.
 */
export const cachePolicy = z.strictObject({
  defaultTtlSeconds: seconds(YEAR_SECONDS)
    .default(0)
    .describe('Seconds an answer that says nothing about its freshness is kept; 0 keeps only answers that do.'),
  shared: z
    .boolean()
    .default(false)
    .describe('One answer for all subscribers. Only for answers that are the same whoever asks.'),
  staleWhileRevalidateSeconds: seconds(YEAR_SECONDS)
    .default(0)
    .describe('Seconds an outdated answer may still be given while a new one is fetched behind it.'),
  staleIfErrorSeconds: seconds(YEAR_SECONDS)
    .default(0)
    .describe('Seconds an outdated answer may still be given when the upstream fails.'),
  ignoredParams: z
    .array(parameterName)
    .max(50, 'At most 50 names.')
    .default([])
    .describe('Query parameters that do not change the answer, such as utm_source.'),
  sortParams: z.boolean().default(false).describe('Take ?a=1&b=2 and ?b=2&a=1 for the same question.'),
  maxEntryBytes: z
    .number()
    .int()
    .min(1024, 'At least 1024 bytes.')
    .max(8 * MEBIBYTE, 'At most 8388608 bytes (8 MiB).')
    .default(MEBIBYTE)
    .describe('Bytes of the largest body kept; larger ones pass through.'),
  storeSetCookie: z.boolean().default(false).describe('Keep answers with Set-Cookie too, cookie included.'),
  obeyClients: z
    .boolean()
    .default(true)
    .describe('Let callers ask for a fresh answer, or a stale one, by Cache-Control.'),
  coalesce: z
    .strictObject({
      waitMs: z
        .number()
        .int()
        .min(0)
        .max(60_000, 'At most 60000 ms.')
        .default(5000)
        .describe('Longest wait for an equal call under way, in milliseconds; 0 sends every call.'),
      afterFailure: z
        .enum(['one', 'all'])
        .default('one')
        .describe('When that call fails: the waiting ones try one after the other, or all at once.'),
    })
    .prefault({})
    .describe('Equal calls at the same time become one call upstream.'),
});
export type CachePolicy = z.output<typeof cachePolicy>;
