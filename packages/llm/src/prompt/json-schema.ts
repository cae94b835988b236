import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';

/** Judges a value by a schema: `null` when it fits, else what does not, as the end of a sentence. */
export type SchemaCheck = (value: unknown) => string | null;

/** Patterns in a publisher's schema run in linear time (RE2), so that none can stall a shared process. */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // Ajv keeps one matcher per text of it, so two patterns must not read the same.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'require("re2js")' },
);

function inWords(error: ErrorObject | undefined): string {
  return `${error?.instancePath || '/'} ${error?.message ?? 'does not fit the schema'}`;
}

/**
 * Prepares the check of a JSON Schema (draft 2020-12), once. Throws when it is none, refers to another document, or holds
 * a pattern outside RE2's syntax.
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { regExp: linearRegExp } });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : inWords(validate.errors?.[0]));
}
