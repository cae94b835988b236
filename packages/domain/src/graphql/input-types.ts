import type { GraphqlPlan } from '@parley/contracts/graphql-plan';
import { escapeStep } from '../translation/json-pointer.ts';

/** A type of GraphQL as values are held to it. */
export interface InputType {
  /** Not of a list. */
  readonly name: string;
  readonly list: InputType | null;
  readonly required: boolean;
}

/** Reads a type as GraphQL writes it: `Int`, `[ID!]!`. */
export function readType(text: string): InputType {
  const required = text.endsWith('!');
  const bare = required ? text.slice(0, -1) : text;
  if (!bare.startsWith('[')) return { name: bare, list: null, required };
  return { name: '', list: readType(bare.slice(1, -1)), required };
}

export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

type Types = GraphqlPlan['types'];
const INT_MAX = 2_147_483_647;

type Scalar = (value: unknown) => string | null;
const SCALARS = new Map<string, Scalar>([
  [
    'Int',
    (value) =>
      Number.isInteger(value) && Math.abs((value as number) + 0.5) <= INT_MAX + 0.5
        ? null
        : 'a whole number of 32 bits',
  ],
  ['Float', (value) => (typeof value === 'number' && Number.isFinite(value) ? null : 'a number')],
  ['String', (value) => (typeof value === 'string' ? null : 'a text')],
  ['Boolean', (value) => (typeof value === 'boolean' ? null : 'true or false')],
  ['ID', (value) => (typeof value === 'string' || Number.isInteger(value) ? null : 'a text or a whole number')],
]);

/**
 * Holds a JSON value to a type and gives back what is sent (GraphQL §3.5, §3.9–3.12: a single value stands for a list of it).
 * Custom scalars, and types of an unknown schema, take anything. What is wrong is added to `problems`.
 */
export function coerce(
  type: InputType,
  value: unknown,
  types: Types,
  found: { pointer: string; problems: Problem[] },
): unknown {
  const { pointer, problems } = found;
  const say = (message: string): null => {
    problems.push({ pointer, message });
    return null;
  };
  if (value === null) return type.required ? say('It must not be null.') : null;
  if (type.list !== null) {
    const { list } = type;
    if (!Array.isArray(value)) return [coerce(list, value, types, found)];
    return (value as unknown[]).map((one, at): unknown =>
      coerce(list, one, types, { pointer: `${pointer}/${at}`, problems }),
    );
  }
  const wanted = SCALARS.get(type.name)?.(value);
  if (wanted !== undefined) return wanted === null ? value : say(`It must be ${wanted}.`);
  const own = Object.hasOwn(types, type.name) ? types[type.name] : undefined;
  if (own === undefined) return value;
  if ('values' in own) {
    if (typeof value === 'string' && own.values.includes(value)) return value;
    return say(`It must be one of ${own.values.slice(0, 20).join(', ')}.`);
  }
  if (typeof value !== 'object' || Array.isArray(value)) return say('It must be an object.');
  return coerceFields(own.fields, value as Record<string, unknown>, types, found);
}

function coerceFields(
  fields: Extract<Types[string], { fields: unknown }>['fields'],
  value: Record<string, unknown>,
  types: Types,
  { pointer, problems }: { pointer: string; problems: Problem[] },
): unknown {
  const out: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    const inner = `${pointer}/${escapeStep(name)}`;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) problems.push({ pointer: inner.slice(0, 200), message: 'There is no such field.' });
    else out.push([name, coerce(readType(field.type), value[name], types, { pointer: inner, problems })]);
  }
  for (const [name, { optional }] of Object.entries(fields)) {
    if (!optional && !Object.hasOwn(value, name)) {
      problems.push({ pointer: `${pointer}/${escapeStep(name)}`, message: 'It is missing.' });
    }
  }
  return Object.fromEntries(out);
}

/** The JSON value that texts of a path, query or header stand for; what does not fit stays text, for `coerce` to tell. */
export function fromTexts(type: InputType, texts: readonly string[]): unknown {
  if (type.list !== null) {
    const { list } = type;
    return texts.map((text) => fromTexts(list, [text]));
  }
  if (texts.length > 1) return texts;
  const [text = ''] = texts;
  switch (type.name) {
    case 'Int':
      return /^-?\d{1,10}$/.test(text) ? Number(text) : text;
    case 'Float':
      return /^-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : text;
    case 'Boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text;
  }
}
