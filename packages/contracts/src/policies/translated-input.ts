import { z } from 'zod';

/** Headers that hold credentials, or that mean something to HTTP itself: nothing is read from them. */
const NOT_READ = new Set([
  'authorization',
  'cookie',
  'x-api-key',
  'proxy-authorization',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
]);

/** Where a value of a translated call comes from. */
export const INPUT_PLACES = ['path', 'query', 'header', 'body', 'value'] as const;

/** An RFC 6901 pointer; empty for the whole value. */
export const jsonPointer = z
  .string()
  .max(500, 'At most 500 characters.')
  .regex(/^(?:\/(?:[^~/]|~[01])*){0,32}$/, 'A JSON pointer like /order/items: it starts with a slash.');

const INPUT = {
  name: z.string().trim().min(1, 'Name what it fills.').max(200).describe('Name of what it fills'),
  from: z.enum(INPUT_PLACES).describe('Where the value comes from'),
  at: z
    .string()
    .max(500)
    .optional()
    .describe('Name of the path or query parameter or header, or JSON pointer into the body; its own name if empty'),
  value: z.json().optional().describe('The value itself, where it is always the same'),
} as const;

type Input = z.output<z.ZodObject<typeof INPUT>>;

/** One value of a translated call. */
export const translatedInput = z.strictObject(INPUT).superRefine((input, context) => {
  const problem = inputProblem(input);
  if (problem !== null) context.addIssue({ code: 'custom', path: [problem[0]], message: problem[1] });
});
export type TranslatedInput = z.output<typeof translatedInput>;

function inputProblem({ from, at, value }: Input): [string, string] | null {
  if ((from === 'value') !== (value !== undefined)) {
    return ['value', from === 'value' ? 'Give the value.' : 'Only what comes from “value” has one.'];
  }
  if (from === 'value' && at !== undefined) return ['at', 'A value given here has no place.'];
  if (at === undefined) return null;
  if (from === 'body') {
    const parsed = jsonPointer.safeParse(at);
    return parsed.success ? null : ['at', 'A JSON pointer like /order/items: it starts with a slash.'];
  }
  if (from !== 'header') return at === '' ? ['at', 'Give the name.'] : null;
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(at)) return ['at', 'Give the name of a header.'];
  return NOT_READ.has(at.toLowerCase()) ? ['at', 'Nothing is read from this header. Choose another.'] : null;
}
