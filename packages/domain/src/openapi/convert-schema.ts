import type { JsonSchema } from '@parley/contracts/contract-document';
import { followed, isObject, type Json, listOf, resolvePointer } from './document.ts';

/** Name of the keyword that counts steps while a value is checked (check-value.ts). */
export const STEP_KEYWORD = 'x-step';

const PLAIN = [
  'type',
  'enum',
  'const',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
  'format',
];
const ONE = [
  'additionalProperties',
  'items',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAP = ['properties', 'patternProperties', 'dependentSchemas'];
const MAX_DEPTH = 64;

/** Which way a message goes: callers need not send what is `readOnly`, services need not answer what is `writeOnly`. */
export type Direction = 'request' | 'response';

/**
 * Turns the schemas of a document (OpenAPI 3.0 or 3.1) into JSON Schema 2020-12: prose left out, `nullable` and the old
 * exclusive bounds rewritten, references led to definitions that are gathered on the way.
 */
export class SchemaConverter {
  readonly definitions: Record<string, JsonSchema> = {};
  readonly #document: Json;
  readonly #old: boolean;
  readonly #names = new Map<string, string>();

  constructor(document: Json) {
    this.#document = document;
    this.#old = String(document.openapi).startsWith('3.0');
  }

  convert(schema: unknown, direction: Direction, depth = 0): JsonSchema {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema) || depth > MAX_DEPTH) return true;
    const own = typeof schema.$ref === 'string' ? { $ref: this.#define(schema.$ref, direction) } : {};
    if (this.#old && '$ref' in own) return { ...own, [STEP_KEYWORD]: true };
    const out: Json = { ...own };
    for (const name of PLAIN) if (schema[name] !== undefined) out[name] = schema[name];
    for (const name of ONE) {
      if (isObject(schema[name]) || typeof schema[name] === 'boolean')
        out[name] = this.convert(schema[name], direction, depth + 1);
    }
    for (const name of LIST) {
      const list = schema[name];
      if (Array.isArray(list)) out[name] = list.map((one) => this.convert(one, direction, depth + 1));
    }
    for (const name of MAP) {
      const map = schema[name];
      if (!isObject(map)) continue;
      out[name] = Object.fromEntries(
        Object.entries(map).map(([key, one]) => [key, this.convert(one, direction, depth + 1)]),
      );
    }
    if (this.#old) modernise(schema, out);
    this.#dropRequired(schema, out, direction);
    if (
      Object.keys(out).some(
        (name) => name === '$ref' || ONE.includes(name) || LIST.includes(name) || MAP.includes(name),
      )
    ) {
      out[STEP_KEYWORD] = true;
    }
    return out;
  }

  #define(reference: string, direction: Direction): string {
    const key = `${direction} ${reference}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `d${this.#names.size}`;
      this.#names.set(key, name);
      this.definitions[name] = this.convert(resolvePointer(this.#document, reference), direction);
    }
    return `contract#/$defs/${name}`;
  }

  #dropRequired(schema: Json, out: Json, direction: Direction): void {
    const mark = direction === 'request' ? 'readOnly' : 'writeOnly';
    const { properties } = schema;
    if (!Array.isArray(out.required) || !isObject(properties)) return;
    out.required = out.required.filter(
      (name) =>
        typeof name !== 'string' ||
        !Object.hasOwn(properties, name) ||
        followed(this.#document, properties[name])[mark] !== true,
    );
  }
}

/** What OpenAPI 3.0 says in its own way. */
function modernise(schema: Json, out: Json): void {
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (schema[exclusive] === true) {
      out[exclusive] = schema[bound];
      delete out[bound];
    } else if (typeof schema[exclusive] === 'boolean') delete out[exclusive];
  }
  if (schema.nullable !== true) return;
  if (typeof schema.type === 'string') out.type = [schema.type, 'null'];
  if (Array.isArray(schema.enum)) out.enum = [...listOf(schema.enum).filter((value) => value !== null), null];
}
