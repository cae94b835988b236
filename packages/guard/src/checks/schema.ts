import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';

export type SchemaResult = { readonly ok: true } | { readonly ok: false; readonly problem: string };
export type SchemaCheck = (json: string) => SchemaResult;

/** Patterns of a schema run in linear time (RE2). Ajv tells them apart by their text. */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'require("re2js")' },
);

/**
 * Prepares the check of JSON texts (answers, arguments of tools) against a JSON Schema (draft 2020-12). Throws for what is
 * none, refers elsewhere, or holds a pattern outside RE2. The problem names the place and the rule, never a value.
 */
export function compileSchemaCheck(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { regExp: linearRegExp } });
  const validate = ajv.compile(schema);
  return (json) => {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      return { ok: false, problem: 'is not JSON' };
    }
    if (validate(value)) return { ok: true };
    const [error] = validate.errors ?? [];
    return { ok: false, problem: `${error?.instancePath || '/'} breaks ${error?.keyword ?? 'the schema'}` };
  };
}

/** The same from the text of a schema. Throws also for what is no JSON object. */
export function readSchemaCheck(text: string): SchemaCheck {
  const schema: unknown = JSON.parse(text);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new Error('A schema is a JSON object.');
  }
  return compileSchemaCheck(schema as Record<string, unknown>);
}
