import { Failure } from '../failure.ts';
import { textForPattern } from './pattern-text.ts';
import type { Dice } from './seeded.ts';

/** What the conversation offers for filling a schema. */
export interface SchemaHints {
  /** The user's words; enum members and numbers found in them are preferred. */
  readonly text: string;
  /** Proper names in the user's words, used in turn for short texts. */
  readonly names: readonly string[];
  /** A sentence on the topic, for longer texts. */
  sentence(): string;
  readonly dice: Dice;
}

/** The same, with the names dealt out. */
interface Hints {
  readonly text: string;
  nextName(): string | undefined;
  sentence(): string;
  readonly dice: Dice;
}

type Schema = Record<string, unknown>;
type Make = (schema: Schema, name: string, depth: number, hints: Hints) => unknown;

const MAX_DEPTH = 6;

const FORMATS: Readonly<Record<string, (dice: Dice) => string>> = {
  'date-time': (dice) => `2026-0${dice.integer(1, 9)}-1${dice.integer(0, 9)}T0${dice.integer(0, 9)}:30:00Z`,
  date: (dice) => `2026-0${dice.integer(1, 9)}-1${dice.integer(0, 9)}`,
  time: (dice) => `0${dice.integer(0, 9)}:30:00Z`,
  duration: (dice) => `PT${dice.integer(1, 59)}M`,
  email: (dice) => `person${dice.integer(1, 99)}@example.com`,
  hostname: () => 'www.example.com',
  ipv4: (dice) => `192.0.2.${dice.integer(1, 254)}`,
  ipv6: (dice) => `2001:db8::${dice.integer(1, 99)}`,
  uri: (dice) => `https://example.com/${dice.integer(1, 999)}`,
  uuid: (dice) => `00000000-0000-4000-8000-0000000${dice.integer(10000, 99999)}`,
};

const LONG_TEXT = /summary|description|text|body|reason|answer|message|comment|note|content|explanation|reply|detail/i;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function makeText(schema: Schema, name: string, hints: Hints): string {
  const format = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  if (typeof schema.pattern === 'string') {
    const made = textForPattern(schema.pattern, hints.dice);
    if (new RegExp(schema.pattern, 'u').test(made)) return made;
    throw new Failure('invalid', `The simulator cannot make a text for the pattern '${schema.pattern}'.`, {
      param: 'response_format',
    });
  }
  if (format) return format(hints.dice);
  let text = LONG_TEXT.test(name)
    ? hints.sentence()
    : (hints.nextName() ?? `${name || 'value'} ${hints.dice.integer(1, 99)}`);
  const least = numberOf(schema.minLength) ?? 0;
  while (text.length < least) text += ` ${hints.sentence()}`;
  return text.slice(0, numberOf(schema.maxLength) ?? text.length);
}

function makeNumber(schema: Schema, hints: Hints, whole: boolean): number {
  const step = numberOf(schema.multipleOf) ?? (whole ? 1 : 0.1);
  const above = numberOf(schema.exclusiveMinimum);
  const below = numberOf(schema.exclusiveMaximum);
  const high = below !== undefined ? below - step : numberOf(schema.maximum);
  const low = above !== undefined ? above + step : (numberOf(schema.minimum) ?? Math.min(1, high ?? 1));
  const top = high ?? low + 99 * step;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(top / step + 1e-9);
  const inText = (hints.text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number).find((number) => {
    return number >= low && number <= top && Number.isInteger(Number((number / step).toFixed(9)));
  });
  return inText ?? Number((hints.dice.integer(first, Math.max(first, last)) * step).toFixed(6));
}

function makeObject(schema: Schema, hints: Hints, depth: number, make: Make): Schema {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const made: [string, unknown][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const optional = !required.has(name);
    if (optional && (depth >= MAX_DEPTH || !isSchema(property) || hints.dice.fraction() < 0.2)) continue;
    if (isSchema(property)) made.push([name, make(property, name, depth + 1, hints)]);
    else if (property === true) made.push([name, null]);
  }
  for (const name of required) {
    if (typeof name === 'string' && !Object.hasOwn(properties, name)) made.push([name, hints.sentence()]);
  }
  return Object.fromEntries(made);
}

function makeArray(schema: Schema, name: string, hints: Hints, depth: number, make: Make): unknown[] {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.filter(isSchema) : [];
  const items = isSchema(schema.items) ? schema.items : prefix.length > 0 ? null : { type: 'string' };
  const least = numberOf(schema.minItems) ?? (depth >= MAX_DEPTH ? 0 : 1);
  const most = numberOf(schema.maxItems) ?? Math.max(least, depth >= MAX_DEPTH ? 0 : 3);
  const length = items
    ? Math.max(prefix.length, hints.dice.integer(least, Math.max(least, Math.min(most, least + 3))))
    : prefix.length;
  const singular = name.replace(/s$/, '');
  const made: unknown[] = [];
  let from = hints;
  for (let at = 0; made.length < length && at < length * 20; at++) {
    const member = make(prefix[made.length] ?? items ?? {}, singular, depth + 1, from);
    const repeated = made.some((other) => JSON.stringify(other) === JSON.stringify(member));
    if (schema.uniqueItems !== true || !repeated) made.push(member);
    else from = { ...hints, text: '', nextName: () => undefined };
  }
  return made;
}

/** A member of the enum that the user's words mention, or any. */
function makeEnum(members: readonly unknown[], hints: Hints): unknown {
  const words = hints.text.toLowerCase();
  const mentioned = members.filter((member) => typeof member === 'string' && words.includes(member.toLowerCase()));
  return hints.dice.pick(mentioned.length === 1 ? mentioned : members);
}

function pointer(root: Schema, reference: string): Schema {
  const found = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce<unknown>((at, part) => (isSchema(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
  if (!isSchema(found)) throw new Failure('invalid', `Invalid schema: '${reference}' points nowhere.`);
  return found;
}

function typeOf(schema: Schema, depth: number): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const types: unknown[] = type;
    const simple = depth >= MAX_DEPTH && types.includes('null') ? 'null' : types.find((found) => found !== 'null');
    return typeof simple === 'string' ? simple : 'null';
  }
  if (schema.properties) return 'object';
  if (schema.items || schema.prefixItems) return 'array';
  if (schema.minimum !== undefined || schema.maximum !== undefined) return 'number';
  return 'string';
}

/** Among variants prefer, when deep, one that does not lead deeper. */
function variant(variants: readonly Schema[], hints: Hints, depth: number): Schema {
  const flat = variants.filter((found) => !found.$ref && found.type !== 'object' && found.type !== 'array');
  const deep = depth >= MAX_DEPTH - 2 && flat.length > 0;
  return hints.dice.pick(deep ? flat : variants);
}

/**
 * A valid instance of a JSON Schema (2020-12: the part OpenAI's structured outputs and tool parameters use), the same
 * for the same dice. Throws Failure `invalid` when a reference points nowhere or a pattern is beyond it.
 */
export function schemaInstance(root: Schema, given: SchemaHints): unknown {
  let dealt = 0;
  const dealing: Hints = { ...given, nextName: () => given.names[dealt++ % given.names.length] };
  const make: Make = (schema, name, depth, hints) => {
    if (depth > 60)
      throw new Failure('invalid', 'Invalid schema: its required parts never end.', { param: 'response_format' });
    if (typeof schema.$ref === 'string') {
      const { $ref: _, ...rest } = schema;
      return make({ ...pointer(root, schema.$ref), ...rest }, name, depth + 1, hints);
    }
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return makeEnum(schema.enum, hints);
    for (const key of ['anyOf', 'oneOf']) {
      const variants = schema[key];
      if (!Array.isArray(variants)) continue;
      const { [key]: _, ...rest } = schema;
      return make({ ...rest, ...variant(variants.filter(isSchema), hints, depth) }, name, depth + 1, hints);
    }
    if (Array.isArray(schema.allOf)) {
      const { allOf, ...rest } = schema;
      const parts = (allOf as unknown[]).filter(isSchema);
      const resolved = parts.map((part) => (typeof part.$ref === 'string' ? pointer(root, part.$ref) : part));
      return make(merge([rest, ...resolved]), name, depth, hints);
    }
    switch (typeOf(schema, depth)) {
      case 'object':
        return makeObject(schema, hints, depth, make);
      case 'array':
        return makeArray(schema, name, hints, depth, make);
      case 'integer':
        return makeNumber(schema, hints, true);
      case 'number':
        return makeNumber(schema, hints, false);
      case 'boolean':
        return hints.dice.fraction() < 0.5;
      case 'null':
        return null;
      default:
        return makeText(schema, name, hints);
    }
  };
  return make(root, '', 0, dealing);
}

function merge(parts: readonly Schema[]): Schema {
  return parts.reduce<Schema>(
    (all, part) => ({
      ...all,
      ...part,
      ...(all.properties || part.properties
        ? { properties: { ...(all.properties as Schema), ...(part.properties as Schema) } }
        : {}),
      ...(all.required || part.required
        ? { required: [...((all.required as unknown[]) ?? []), ...((part.required as unknown[]) ?? [])] }
        : {}),
    }),
    {},
  );
}
