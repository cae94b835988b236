import { ApiError } from './api-error.ts';

type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SUB_SCHEMAS = ['anyOf', 'prefixItems'] as const;
const SCHEMA_MAPS = ['$defs', 'definitions'] as const;

function check(
  schema: unknown,
  where: readonly string[],
  fail: (where: readonly string[], why: string) => never,
): void {
  if (!isSchema(schema)) return;
  for (const key of ['allOf', 'oneOf', 'not', 'if']) if (key in schema) fail(where, `'${key}' is not permitted`);
  if (isSchema(schema.properties)) {
    if (schema.additionalProperties !== false) {
      fail(where, "'additionalProperties' is required to be supplied and to be false");
    }
    const required = Array.isArray(schema.required) ? schema.required : [];
    for (const [name, property] of Object.entries(schema.properties)) {
      if (!required.includes(name)) {
        fail(
          where,
          `'required' is required to be supplied and to be an array including every key in properties. Missing '${name}'`,
        );
      }
      check(property, [...where, 'properties', name], fail);
    }
  }
  check(schema.items, [...where, 'items'], fail);
  for (const key of SUB_SCHEMAS) {
    const parts = schema[key];
    if (Array.isArray(parts)) for (const [at, part] of parts.entries()) check(part, [...where, key, String(at)], fail);
  }
  for (const key of SCHEMA_MAPS) {
    const parts = schema[key];
    if (isSchema(parts)) for (const [name, part] of Object.entries(parts)) check(part, [...where, key, name], fail);
  }
}

/**
 * What OpenAI asks of a schema with `strict: true`: an object at the root, every property required,
 * `additionalProperties: false` everywhere, no allOf/oneOf/not/if. Throws ApiError 400 with the place and the rule.
 */
export function checkStrictSchema(schema: unknown, name: string, param: string): void {
  const fail = (where: readonly string[], why: string): never => {
    const context = where.map((part) => `'${part}'`).join(', ');
    throw new ApiError(400, `Invalid schema for ${param} '${name}': In context=(${context}), ${why}.`, {
      param,
      code: 'invalid_json_schema',
    });
  };
  if (!isSchema(schema) || schema.type !== 'object')
    return fail([], `schema must be a JSON Schema of 'type: "object"'`);
  check(schema, [], fail);
}
