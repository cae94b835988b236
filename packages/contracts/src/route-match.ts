import { z } from 'zod';

/** Where a predicate looks, and how it compares. */
export const PREDICATE_PLACES = ['header', 'query', 'cookie', 'client'] as const;
/** What is known of where a call comes from. */
export const CLIENT_FACTS = ['country', 'address'] as const;
export const PREDICATE_TESTS = ['equals', 'prefix', 'regex', 'exists'] as const;

const test = z.enum(PREDICATE_TESTS).default('equals').describe('How it is compared; exists asks for any value');
const value = z
  .string()
  .max(200, 'At most 200 characters.')
  .default('')
  .describe('Compared exactly; a regex (RE2) may match anywhere unless it has ^ and $');
const not = z.boolean().default(false).describe('Turns it round: holds where it would not');
const name = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,100}$/, 'A name of at most 100 characters, without spaces.');

function valueProblem(how: (typeof PREDICATE_TESTS)[number], text: string): string | null {
  if (how === 'exists') return text === '' ? null : '“exists” compares with nothing: leave the value out.';
  return text === '' && how !== 'equals' ? 'Say what to compare with.' : null;
}

type Judged = Readonly<{ test: (typeof PREDICATE_TESTS)[number]; value: string }>;
type Issue = { code: 'custom'; path: string[]; message: string };

function judgeValue(judged: Judged, context: { addIssue: (issue: Issue) => void }): void {
  const message = valueProblem(judged.test, judged.value);
  if (message !== null) context.addIssue({ code: 'custom', path: ['value'], message });
}

function judgeClientFact(
  judged: Readonly<{ in: string; name: string }>,
  context: { addIssue: (issue: Issue) => void },
): void {
  if (judged.in !== 'client' || (CLIENT_FACTS as readonly string[]).includes(judged.name)) return;
  context.addIssue({
    code: 'custom',
    path: ['name'],
    message: `Of the client there is ${CLIENT_FACTS.join(' and ')}.`,
  });
}

/** One condition on a call. A name that is sent several times holds when one of its values does. */
export const callPredicate = z
  .strictObject({
    in: z.enum(PREDICATE_PLACES, 'Say header, query, cookie or client.').describe('Where to look'),
    name: name.describe('Of the header (any case), query parameter or cookie; of the client: country or address'),
    test,
    value,
    not,
  })
  .superRefine((predicate, context) => {
    judgeValue(predicate, context);
    judgeClientFact(predicate, context);
  });
export type CallPredicate = z.output<typeof callPredicate>;

/** A JSON Pointer (RFC 6901) that leads into something. */
const POINTER = /^(\/([^~/]|~[01])*)+$/;

/** One condition on a call of a route: also on its JSON body, whose names are JSON Pointers. */
export const routePredicate = z
  .strictObject({
    in: z.enum([...PREDICATE_PLACES, 'body'], 'Say header, query, cookie, client or body.').describe('Where to look'),
    name: name.describe(
      'Of the header, query parameter or cookie; of the client: country or address; in a body a JSON Pointer like /order/kind',
    ),
    test,
    value,
    not,
  })
  .superRefine((predicate, context) => {
    judgeValue(predicate, context);
    judgeClientFact(predicate, context);
    if (predicate.in !== 'body' || POINTER.test(predicate.name)) return;
    const message = 'In a body the name is a JSON Pointer: /order/kind, /items/0/sku.';
    context.addIssue({ code: 'custom', path: ['name'], message });
  });
export type RoutePredicate = z.output<typeof routePredicate>;

/** Conditions of a route beside method and path; all must hold. Of routes with the same address the first that holds answers. */
export const routeMatchSchema = z
  .array(routePredicate)
  .min(1, 'Without conditions leave `match` out.')
  .max(10, 'At most 10 conditions.');
export type RouteMatch = z.output<typeof routeMatchSchema>;

/** A further condition of a route in CEL, about `request`, `caller` and `plan` (docs/expressions.md). */
export const routeWhenSchema = z
  .string()
  .trim()
  .min(1, 'Without an expression leave `when` out.')
  .max(2000, 'An expression has at most 2000 characters.');

/**
 * An expression among the conditions of a route's snapshot: a gateway that knows no expressions cannot read the
 * conditions then, and refuses the route's calls rather than serving them without this one.
 */
export const whenEntrySchema = z.strictObject({ when: routeWhenSchema });
