/** A value of a policy as it is edited; `undefined` where nothing is set. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Value[]
  | { readonly [name: string]: Value };
export type Fields = { readonly [name: string]: Value };

/** The part of JSON Schema 2020-12 that zod writes for policies. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: Value;
  readonly const?: Value;
  readonly enum?: readonly Value[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** `code`: an expression or a document, written in a box of its own. */
  readonly format?: string;
  /** What a text is the short name of; it is then chosen from those there are. */
  readonly refersTo?: string;
  /** What a number counts, where its name does not say it: `basisPoints`. */
  readonly unit?: string;
}

export interface Variants {
  /** Field whose value says which of the shapes it is. */
  readonly by: string;
  readonly shapes: readonly { readonly value: string; readonly schema: Schema }[];
}

/** How a part of a schema is shown. */
export type Node =
  | { readonly kind: 'text' | 'code' | 'number' | 'boolean' | 'raw' }
  /** The short name of something there is. */
  | { readonly kind: 'reference'; readonly to: string }
  /** Several of them. */
  | { readonly kind: 'references'; readonly to: string }
  | { readonly kind: 'fixed'; readonly value: Value }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'checks'; readonly options: readonly string[] }
  /** Texts or numbers, one in a line. */
  | { readonly kind: 'lines'; readonly numbers: boolean }
  /** Names with a text or number each. */
  | { readonly kind: 'pairs'; readonly numbers: boolean }
  | { readonly kind: 'group'; readonly fields: readonly (readonly [string, Schema])[] }
  | { readonly kind: 'list'; readonly items: Schema }
  /** Names with an object each. */
  | { readonly kind: 'entries'; readonly values: Schema }
  | { readonly kind: 'variants'; readonly variants: Variants };

const isNull = (schema: Schema): boolean => schema.type === 'null';
const isNumber = (schema: Schema): boolean => schema.type === 'number' || schema.type === 'integer';

/** A schema without the `null` it may also take. */
export function bare(schema: Schema): { schema: Schema; nullable: boolean } {
  const { type } = schema;
  if (typeof type === 'object') {
    const [only, ...more] = type.filter((name) => name !== 'null');
    return {
      schema: { ...schema, type: more.length === 0 ? (only ?? 'any') : 'any' },
      nullable: type.includes('null'),
    };
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (!options?.some(isNull)) return { schema, nullable: false };
  const rest = options.filter((option) => !isNull(option));
  const { anyOf: _, oneOf: __, ...around } = schema;
  const [only] = rest;
  return { schema: rest.length === 1 && only ? { ...only, ...around } : { ...around, anyOf: rest }, nullable: true };
}

/** Decides how a schema is shown; `raw` (text as JSON) is for shapes that no form fits. */
export function nodeOf(given: Schema): Node {
  const { schema } = bare(given);
  if (schema.const !== undefined) return { kind: 'fixed', value: schema.const };
  const texts = schema.enum?.filter((value) => typeof value === 'string');
  if (texts && texts.length === schema.enum?.length) return { kind: 'choice', options: texts };
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return nodeOfOptions(options);
  if (isNumber(schema)) return { kind: 'number' };
  switch (schema.type) {
    case 'string':
      return nodeOfText(schema);
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return nodeOfArray(schema.items ?? {});
    case 'object':
      return nodeOfObject(schema);
    default:
      return { kind: 'raw' };
  }
}

/** Texts longer than a sentence are code to this form: nothing else in a policy is that long. */
const LONG = 1000;

function nodeOfText({ refersTo, format, maxLength = 0 }: Schema): Node {
  if (refersTo !== undefined) return { kind: 'reference', to: refersTo };
  return { kind: format === 'code' || maxLength > LONG ? 'code' : 'text' };
}

function nodeOfOptions(options: readonly Schema[]): Node {
  const words = options.map((option) => option.const);
  if (words.every((word) => typeof word === 'string')) return { kind: 'choice', options: words };
  const variants = variantsOf(options);
  if (variants) return { kind: 'variants', variants };
  return options.every((option) => option.type === 'string') ? { kind: 'text' } : { kind: 'raw' };
}

function variantsOf(options: readonly Schema[]): Variants | null {
  const names = Object.keys(options[0]?.properties ?? {});
  const by = names.find((name) => {
    const values = options.map((option) => option.properties?.[name]?.const);
    return values.every((value) => typeof value === 'string') && new Set(values).size === options.length;
  });
  if (by === undefined) return null;
  return { by, shapes: options.map((schema) => ({ value: textOf(schema.properties?.[by]?.const), schema })) };
}

/** What stands in a frame of its own where there are several of it. */
const FRAMED: ReadonlySet<Node['kind']> = new Set(['group', 'variants', 'code']);

function nodeOfArray(items: Schema): Node {
  const item = nodeOf(items);
  if (item.kind === 'choice') return { kind: 'checks', options: item.options };
  if (item.kind === 'reference') return { kind: 'references', to: item.to };
  if (item.kind === 'text' || item.kind === 'number') return { kind: 'lines', numbers: item.kind === 'number' };
  return FRAMED.has(item.kind) ? { kind: 'list', items } : { kind: 'raw' };
}

function nodeOfObject(schema: Schema): Node {
  if (schema.properties) return { kind: 'group', fields: Object.entries(schema.properties) };
  const { additionalProperties: values } = schema;
  if (typeof values !== 'object') return { kind: 'raw' };
  const { kind } = nodeOf(values);
  if (kind === 'text' || kind === 'number') return { kind: 'pairs', numbers: kind === 'number' };
  return FRAMED.has(kind) ? { kind: 'entries', values } : { kind: 'raw' };
}

/** A value as a person would write it in a line. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

export function isFields(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The shape of the variants that a value has; the first one for a value that has none. */
export function shapeOf({ by, shapes }: Variants, value: Value): { value: string; schema: Schema } | undefined {
  const chosen = isFields(value) ? value[by] : undefined;
  return shapes.find((shape) => shape.value === chosen) ?? shapes[0];
}

/** What a form starts with: defaults filled in, what is required empty, the rest not there. */
export function startValue(schema: Schema): Value {
  const node = nodeOf(schema);
  // A group's own default may name fewer fields than it has.
  if (node.kind === 'group') {
    const own = isFields(schema.default) ? schema.default : {};
    const required = new Set(schema.required);
    return Object.fromEntries(
      node.fields.flatMap(([name, field]) => {
        if (own[name] !== undefined) return [[name, own[name]]];
        const start = required.has(name) || field.default !== undefined ? startValue(field) : undefined;
        return start === undefined ? [] : [[name, start]];
      }),
    );
  }
  if (schema.default !== undefined) return schema.default;
  switch (node.kind) {
    case 'fixed':
      return node.value;
    case 'choice':
      return node.options[0];
    case 'boolean':
      return false;
    case 'lines':
    case 'checks':
    case 'references':
      return [];
    case 'entries':
    case 'pairs':
      return {};
    case 'list':
      return [startValue(node.items)];
    case 'variants':
      return node.variants.shapes[0] ? startValue(node.variants.shapes[0].schema) : {};
    default:
      return undefined;
  }
}

/** Whether a form shows an issue at this path beside its field; what it does not show stands above the form. */
export function hasPlace(schema: Schema, value: Value, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  const node = nodeOf(schema);
  if (name === undefined || node.kind === 'lines' || node.kind === 'pairs') return true;
  if (node.kind === 'raw' || node.kind === 'checks' || node.kind === 'references') return true;
  if (node.kind === 'group') {
    const field = bare(schema).schema.properties?.[name];
    return (
      field !== undefined && isFields(value) && nodeOf(field).kind !== 'fixed' && hasPlace(field, value[name], rest)
    );
  }
  if (node.kind === 'list') {
    const item = Array.isArray(value) ? (value as readonly Value[])[Number(name)] : undefined;
    return item !== undefined && hasPlace(node.items, item, rest);
  }
  if (node.kind === 'entries') {
    const entry = isFields(value) ? value[name] : undefined;
    return entry !== undefined && (rest.length === 0 || hasPlace(node.values, entry, rest));
  }
  if (node.kind === 'variants') {
    const shape = shapeOf(node.variants, value);
    return shape !== undefined && (name === node.variants.by || hasPlace(shape.schema, value, path));
  }
  return false;
}
