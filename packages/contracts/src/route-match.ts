import { z } from 'zod';

/** Where a predicate looks, and how it compares. */
export const PREDICATE_PLACES = ['header', 'query', 'cookie'] as const;
export const PREDICATE_TESTS = ['equals', 'prefix', 'regex', 'exists'] as const;

/** One condition on a call. A name that is sent several times holds when one of its values does. */
export const callPredicate = z
  .strictObject({
    in: z.enum(PREDICATE_PLACES, 'Say header, query or cookie.').describe('Where to look'),
    name: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{1,100}$/, 'A name of at most 100 characters, without spaces.')
      .describe('Name of the header, query parameter or cookie; headers in any case'),
    test: z.enum(PREDICATE_TESTS).default('equals').describe('How it is compared; exists asks for any value'),
    value: z
      .string()
      .max(200, 'At most 200 characters.')
      .default('')
      .describe('Compared exactly; a regex (RE2) may match anywhere unless it has ^ and $'),
    not: z.boolean().default(false).describe('Turns it round: holds where it would not'),
  })
  .superRefine(({ test, value }, context) => {
    const message = valueProblem(test, value);
    if (message !== null) context.addIssue({ code: 'custom', path: ['value'], message });
  });

function valueProblem(test: (typeof PREDICATE_TESTS)[number], value: string): string | null {
  if (test === 'exists') return value === '' ? null : '“exists” compares with nothing: leave the value out.';
  return value === '' && test !== 'equals' ? 'Say what to compare with.' : null;
}
export type CallPredicate = z.output<typeof callPredicate>;

/** Conditions of a route beside method and path; all must hold. Of routes with the same address the first that holds answers. */
export const routeMatchSchema = z
  .array(callPredicate)
  .min(1, 'Without conditions leave `match` out.')
  .max(10, 'At most 10 conditions.');
export type RouteMatch = z.output<typeof routeMatchSchema>;
