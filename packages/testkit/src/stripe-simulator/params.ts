import { z } from 'zod';
import type { FormValue } from './form.ts';
import { refused } from './stripe-error.ts';

/** Pieces of parameter shapes; forms hold texts only. */
export const text = (most = 5_000) => z.string().min(1, 'empty').max(most);
export const integer = () =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'integer')
    .transform(Number);
export const decimal = () => z.string().regex(/^-?\d{1,20}(\.\d{1,12})?$/, 'decimal');
export const flag = () => z.enum(['true', 'false']).transform((value) => value === 'true');
export const metadata = () => z.record(z.string().min(1).max(40), z.string().max(500));
export const currency = () =>
  z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .transform((code) => code.toLowerCase());
/** Every call may ask for parts to be written out. */
export const expand = { expand: z.array(z.string()).max(20).optional() };
export const paging = {
  limit: integer().pipe(z.number().min(1).max(100)).optional(),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  ...expand,
};
export const period = () => z.strictObject({ start: integer(), end: integer() });

const bracketed = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (at === 0 ? String(part) : `[${String(part)}]`)).join('');

/** Parameters as a shape wants them. Throws `StripeFailure` with the code and the parameter Stripe would name. */
export function readParams<S extends z.ZodType>(schema: S, form: { [name: string]: FormValue }): z.output<S> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw refused('The parameters cannot be read.');
  const param = bracketed(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const name = bracketed([...issue.path, issue.keys[0] ?? '']);
    throw refused(`Received unknown parameter: ${name}`, 'parameter_unknown', name);
  }
  if (valueAt(form, issue.path) === undefined) {
    throw refused(`Missing required param: ${param}.`, 'parameter_missing', param);
  }
  if (issue.message === 'empty') {
    throw refused(`You passed an empty string for '${param}'.`, 'parameter_invalid_empty', param);
  }
  if (issue.message === 'integer') throw refused(`Invalid integer: ${param}`, 'parameter_invalid_integer', param);
  throw refused(`Invalid ${param}: ${issue.message}`, undefined, param);
}

function valueAt(form: { [name: string]: FormValue }, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    form,
  );
}

/** Metadata after an update: an empty text deletes its key. */
export function mergedMetadata(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const merged = Object.entries({ ...before, ...change });
  return Object.fromEntries(merged.filter(([, value]) => value !== ''));
}
