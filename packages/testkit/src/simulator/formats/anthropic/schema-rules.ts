import { invalid } from './anthropic-error.ts';

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords Anthropic's structured outputs do not take, by type (Anthropic docs, Structured outputs). */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength'],
  array: ['maxItems', 'uniqueItems'],
};

function check(schema: unknown, where: string): void {
  if (!isSchema(schema)) return;
  const type = typeof schema.type === 'string' ? schema.type : '';
  const found = (UNSUPPORTED[type] ?? []).filter((keyword) => keyword in schema);
  if (found.length > 0) {
    throw invalid(`${where}: For '${type}' type, properties ${found.sort().join(', ')} are not supported`);
  }
  if (type === 'object' && schema.additionalProperties !== false) {
    throw invalid(`${where}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
  }
  for (const key of ['properties', '$defs', 'definitions']) {
    if (isSchema(schema[key])) for (const part of Object.values(schema[key])) check(part, where);
  }
  for (const key of ['anyOf', 'allOf', 'prefixItems']) {
    if (Array.isArray(schema[key])) for (const part of schema[key]) check(part, where);
  }
  check(schema.items, where);
}

/** What Anthropic asks of a schema its answers are held to. Throws AnthropicError 400. */
export function checkOutputSchema(schema: Schema, where: string): void {
  check(schema, where);
}
