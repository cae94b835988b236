import type { PromptVariable } from '@parley/contracts/snapshot';
import { compileSchema, type SchemaCheck } from './json-schema.ts';

/** One thing wrong with the input: where (JSON Pointer, RFC 6901) and what to do about it. */
export interface VariableIssue {
  readonly pointer: string;
  readonly message: string;
}

/** A variable's value after defaults: JSON of the declared type, or `undefined` for an optional one left out. */
export type VariableValues = ReadonlyMap<string, unknown>;

export type VariablesResult =
  | { readonly ok: true; readonly values: VariableValues }
  | { readonly ok: false; readonly issues: readonly VariableIssue[] };

function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function charactersIn(text: string): number {
  return Array.from(text).length;
}

function checkText(value: unknown, variable: PromptVariable): string | null {
  if (typeof value !== 'string') return 'must be text';
  const max = variable.maxLength;
  if (max !== undefined && value.length > max && charactersIn(value) > max) {
    return `must be at most ${max} characters; it has ${charactersIn(value)}`;
  }
  return null;
}

function checkNumber(value: unknown, variable: PromptVariable): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (variable.minimum !== undefined && value < variable.minimum) return `must be at least ${variable.minimum}`;
  if (variable.maximum !== undefined && value > variable.maximum) return `must be at most ${variable.maximum}`;
  return null;
}

/** Writing JSON out again takes stack for each level. */
const MAX_JSON_DEPTH = 100;

function isDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_JSON_DEPTH || Object.values(value).some((item) => isDeep(item, depth + 1));
}

function checkJson(value: unknown): string | null {
  return isDeep(value) ? `must not nest deeper than ${MAX_JSON_DEPTH} levels` : null;
}

function checkList(value: unknown, { maxItems }: PromptVariable): string | null {
  if (!Array.isArray(value)) return 'must be a list';
  if (maxItems === undefined || value.length <= maxItems) return null;
  return `must hold at most ${maxItems} items; it has ${value.length}`;
}

/** How each type judges a value: `null` when it fits, else the end of the sentence “`name` …”. */
const CHECKS: Readonly<Record<PromptVariable['type'], (value: unknown, variable: PromptVariable) => string | null>> = {
  string: checkText,
  number: checkNumber,
  integer: (value, variable) =>
    checkNumber(value, variable) ?? (Number.isSafeInteger(value) ? null : 'must be a whole number'),
  boolean: (value) => (typeof value === 'boolean' ? null : 'must be true or false'),
  enum: (value, variable) =>
    typeof value === 'string' && variable.values?.includes(value)
      ? null
      : `must be one of: ${(variable.values ?? []).map((option) => JSON.stringify(option)).join(', ')}`,
  json: checkJson,
  array: (value, variable) => checkJson(value) ?? checkList(value, variable),
  object: (value) =>
    checkJson(value) ??
    (typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'must be an object'),
};

/** Checks of variables that have a schema, by name. */
export type VariableSchemas = ReadonlyMap<string, SchemaCheck>;

const UNUSABLE: SchemaCheck = () => 'has a schema that is not usable';

/** Prepares the schemas of variables, once. One that cannot be compiled fits no value. */
export function compileVariableSchemas(variables: readonly PromptVariable[]): VariableSchemas {
  const checks = new Map<string, SchemaCheck>();
  for (const variable of variables) {
    const schema = schemaOf(variable);
    if (schema !== null) checks.set(variable.name, compiled(schema));
  }
  return checks;
}

function compiled(schema: Record<string, unknown>): SchemaCheck {
  try {
    const check = compileSchema(schema);
    return (value) => {
      const problem = check(value);
      return problem === null ? null : `does not fit: ${problem}`;
    };
  } catch {
    return UNUSABLE;
  }
}

/** What a variable's value is held to; `null` for no more than its type. */
export function schemaOf({ type, schema }: PromptVariable): Record<string, unknown> | null {
  if (schema === undefined) return null;
  if (type === 'array') return { type: 'array', items: schema };
  return type === 'object' || type === 'json' ? schema : null;
}

function isMissing(value: unknown, variable: PromptVariable): boolean {
  return value === undefined || (value === null && variable.type !== 'json');
}

/**
 * Checks the variables of a call against their declarations and fills in defaults. Every problem is listed: a missing
 * or unknown variable, a wrong type, a value out of bounds. `input` is the request body as parsed.
 */
export function validateVariables(
  variables: readonly PromptVariable[],
  input: unknown,
  schemas: VariableSchemas = compileVariableSchemas(variables),
): VariablesResult {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      ok: false,
      issues: [{ pointer: '', message: 'The body must be a JSON object that holds the variables.' }],
    };
  }
  const issues: VariableIssue[] = [];
  const values = new Map<string, unknown>();
  const given = new Map<string, unknown>(Object.entries(input));
  for (const variable of variables) {
    const value = given.get(variable.name);
    given.delete(variable.name);
    if (isMissing(value, variable)) {
      if (variable.default !== undefined) values.set(variable.name, variable.default);
      else if (variable.required) {
        issues.push({
          pointer: pointerTo(variable.name),
          message: `\`${variable.name}\` is required (${variable.type}).`,
        });
      } else values.set(variable.name, undefined);
      continue;
    }
    const problem = CHECKS[variable.type](value, variable) ?? schemas.get(variable.name)?.(value) ?? null;
    if (problem === null) values.set(variable.name, value);
    else issues.push({ pointer: pointerTo(variable.name), message: `\`${variable.name}\` ${problem}.` });
  }
  const known = variables.map((variable) => `\`${variable.name}\``).join(', ') || 'none';
  for (const name of given.keys()) {
    const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
    issues.push({ pointer: pointerTo(shown), message: `\`${shown}\` is not a variable here. It takes: ${known}.` });
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, values };
}
