import { isObject } from '../object.ts';

/** Deeper schemas are sent as they are. */
const MAX_DEPTH = 64;

/** Keywords that hold schemas by name, and those that hold one or a list. */
const BY_NAME = new Set(['properties', '$defs', 'definitions']);
const NESTED = new Set(['items', 'anyOf', 'allOf', 'oneOf']);

/**
 * The schema with every object closed (`additionalProperties: false`), which Anthropic's structured outputs insist on. Only
 * objects that leave it open are changed, and all else stays.
 */
export function closedSchema(schema: unknown, depth = 0): unknown {
  if (Array.isArray(schema)) return schema.map((entry) => closedSchema(entry, depth + 1));
  if (!isObject(schema) || depth > MAX_DEPTH) return schema;
  const closed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    const next = NESTED.has(key) ? closedSchema(value, depth + 1) : BY_NAME.has(key) ? byName(value, depth) : value;
    Object.defineProperty(closed, key, { value: next, enumerable: true, writable: true, configurable: true });
  }
  if (schema.type === 'object' || schema.properties !== undefined) closed.additionalProperties = false;
  return closed;
}

function byName(schemas: unknown, depth: number): unknown {
  if (!isObject(schemas)) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closedSchema(schema, depth + 1)]));
}
