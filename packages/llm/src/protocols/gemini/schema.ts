import { isObject } from '../../object.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A JSON Schema in the subset Gemini knows (its `Schema`, after OpenAPI 3.0), and what of it could not be said there. */
export interface GeminiSchema {
  readonly schema: Schema;
  readonly lost: readonly string[];
}

/** Deeper than this, or with more parts, a schema is not told whole: references can make small texts very large. */
const MAX_DEPTH = 32;
const MAX_PARTS = 2000;

/** Members that mean the same on both sides. */
const SAME = [
  'title',
  'description',
  'default',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'pattern',
  'propertyOrdering',
  'nullable',
];
/** What narrows a value and has no word there. */
const UNKNOWN = [
  'not',
  'if',
  'prefixItems',
  'patternProperties',
  'propertyNames',
  'contains',
  'dependentRequired',
  'dependentSchemas',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'uniqueItems',
];
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

type Members = Record<string, unknown>;

class Conversion {
  readonly lost = new Set<string>();
  readonly #root: Schema;
  #parts = 0;

  constructor(root: Schema) {
    this.#root = root;
  }

  convert(given: unknown, refs: readonly string[], depth: number): Members {
    if (depth > MAX_DEPTH || ++this.#parts > MAX_PARTS) return this.#gaveUp('its depth');
    if (!isObject(given)) return given === false ? this.#gaveUp('`false`') : this.#gaveUp('a value of any kind');
    if (typeof given.$ref === 'string') return this.#reference(given, given.$ref, refs, depth);
    if (Array.isArray(given.allOf)) return this.convert(this.#flatten(given, given.allOf), refs, depth + 1);
    const out: Members = {};
    for (const name of SAME) if (given[name] !== undefined) out[name] = given[name];
    for (const name of UNKNOWN) if (given[name] !== undefined) this.lost.add(`\`${name}\``);
    this.#kind(given, out, refs, depth);
    return out;
  }

  #gaveUp(what: string): Members {
    this.lost.add(what);
    return { type: 'OBJECT' };
  }

  #reference(given: Schema, ref: string, refs: readonly string[], depth: number): Members {
    if (refs.includes(ref)) return this.#gaveUp('a schema that holds itself');
    let at: unknown = this.#root;
    if (!ref.startsWith('#')) at = undefined;
    for (const step of ref.slice(1).split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    if (at === undefined) return this.#gaveUp(`the reference ${ref.slice(0, 100)}`);
    const { $ref: _ref, ...beside } = given;
    return { ...this.convert(at, [...refs, ref], depth + 1), ...this.#beside(beside) };
  }

  #beside(given: Schema): Members {
    const out: Members = {};
    for (const name of SAME) if (given[name] !== undefined) out[name] = given[name];
    return out;
  }

  /** One schema that asks for all of several. */
  #flatten(given: Schema, all: readonly unknown[]): Schema {
    const { allOf: _allOf, ...rest } = given;
    const parts = [...all.slice(0, 100), rest].map((part) => this.#resolved(part));
    const merged: Members = {};
    const required = new Set<unknown>();
    const properties: [string, unknown][] = [];
    for (const part of parts) {
      if (!isObject(part)) continue;
      Object.assign(merged, part);
      if (isObject(part.properties)) properties.push(...Object.entries(part.properties));
      if (Array.isArray(part.required)) for (const name of part.required) required.add(name);
    }
    if (properties.length > 0) merged.properties = Object.fromEntries(properties);
    if (required.size > 0) merged.required = [...required];
    return merged;
  }

  #resolved(part: unknown): unknown {
    if (!isObject(part) || typeof part.$ref !== 'string') return part;
    const name = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(part.$ref);
    const defs = name ? this.#root[name[1] as string] : undefined;
    const found = isObject(defs) && Object.hasOwn(defs, name?.[2] as string) ? defs[name?.[2] as string] : undefined;
    // What refers on would need a second round: it keeps its reference, and with it its name in what is lost.
    if (!isObject(found)) this.lost.add(`the reference ${part.$ref.slice(0, 100)}`);
    return found;
  }

  #kind(given: Schema, out: Members, refs: readonly string[], depth: number): void {
    const union = Array.isArray(given.anyOf) ? given.anyOf : Array.isArray(given.oneOf) ? given.oneOf : null;
    if (union !== null) return this.#union(union, out, refs, depth);
    const types: unknown[] = Array.isArray(given.type) ? given.type : [given.type];
    const named = types.filter((type) => type !== 'null');
    if (named.length < types.length && named.length > 0) out.nullable = true;
    if (named.length > 1) {
      out.anyOf = named.map((type) => this.convert({ ...given, type }, refs, depth + 1));
      return;
    }
    const type =
      typeof named[0] === 'string' ? named[0].toUpperCase() : this.#inferred(given, types.length > named.length);
    out.type = type;
    if (typeof given.format === 'string' && FORMATS[type]?.includes(given.format)) out.format = given.format;
    this.#values(given, out, type);
    if (type === 'OBJECT') this.#object(given, out, refs, depth);
    if (type === 'ARRAY')
      out.items = given.items === undefined ? { type: 'STRING' } : this.convert(given.items, refs, depth + 1);
  }

  #union(union: readonly unknown[], out: Members, refs: readonly string[], depth: number): void {
    const members = union.filter((member) => !(isObject(member) && member.type === 'null'));
    if (members.length < union.length) out.nullable = true;
    const [only] = members;
    if (members.length === 1) Object.assign(out, { ...this.convert(only, refs, depth + 1), ...out });
    else out.anyOf = members.map((member) => this.convert(member, refs, depth + 1));
  }

  #inferred(given: Schema, isNull: boolean): string {
    if (isObject(given.properties)) return 'OBJECT';
    if (given.items !== undefined) return 'ARRAY';
    const sample: unknown =
      given.const ?? (Array.isArray(given.enum) ? given.enum.find((value) => value !== null) : undefined);
    if (typeof sample === 'number') return 'NUMBER';
    if (typeof sample === 'boolean') return 'BOOLEAN';
    if (typeof sample === 'string' || given.pattern !== undefined || given.minLength !== undefined) return 'STRING';
    if (isNull) return 'NULL';
    this.lost.add('a value of any kind');
    return 'OBJECT';
  }

  #values(given: Schema, out: Members, type: string): void {
    const values = given.const !== undefined ? [given.const] : given.enum;
    if (!Array.isArray(values)) return;
    if (values.includes(null)) out.nullable = true;
    const texts = values.filter((value) => typeof value === 'string' && value !== '');
    if (type === 'STRING') out.enum = texts;
    if (texts.length < values.filter((value) => value !== null).length) this.lost.add('values that are no text');
  }

  #object(given: Schema, out: Members, refs: readonly string[], depth: number): void {
    if (isObject(given.additionalProperties)) this.lost.add('`additionalProperties`');
    if (!isObject(given.properties)) return;
    const entries = Object.entries(given.properties);
    out.properties = Object.fromEntries(entries.map(([name, of]) => [name, this.convert(of, refs, depth + 1)]));
    if (!Array.isArray(given.required)) return;
    const known = new Set(entries.map(([name]) => name));
    const required = given.required.filter((name: unknown) => typeof name === 'string' && known.has(name));
    if (required.length > 0) out.required = required;
  }
}

/**
 * A JSON Schema in Gemini's words: references put in place, `const` as `enum`, `allOf` as one, `null` as `nullable`, unknown
 * formats and `additionalProperties: false` left out.
 */
export function toGeminiSchema(given: Schema): GeminiSchema {
  const conversion = new Conversion(given);
  return { schema: conversion.convert(given, [], 0), lost: [...conversion.lost] };
}

/** Texts of 64-bit numbers, as protobuf's JSON has them, as numbers. */
const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'];

/** Gemini's `Schema` as JSON Schema; what it does not know stays as it is. */
export function fromGeminiSchema(given: unknown, depth = 0): Record<string, unknown> {
  if (!isObject(given) || depth > MAX_DEPTH) return {};
  const out: Members = { ...given };
  const { nullable } = given;
  delete out.nullable;
  delete out.propertyOrdering;
  delete out.property_ordering;
  if (typeof given.type === 'string') {
    const type = given.type.toLowerCase();
    out.type = nullable === true ? [type, 'null'] : type;
    if (type === 'type_unspecified') delete out.type;
  }
  for (const name of COUNTS) if (typeof given[name] === 'string') out[name] = Number(given[name]);
  if (given.items !== undefined) out.items = fromGeminiSchema(given.items, depth + 1);
  const anyOf = given.anyOf ?? given.any_of;
  delete out.any_of;
  if (Array.isArray(anyOf)) {
    const members = anyOf.map((member) => fromGeminiSchema(member, depth + 1));
    out.anyOf = nullable === true && given.type === undefined ? [...members, { type: 'null' }] : members;
  }
  if (isObject(given.properties)) {
    const entries = Object.entries(given.properties);
    out.properties = Object.fromEntries(entries.map(([name, of]) => [name, fromGeminiSchema(of, depth + 1)]));
  }
  return out;
}
