/**
 * Reads JSON as Google's front end does (ProtoJSON): names in camelCase or snake_case, unknown names and wrong kinds
 * refused with the place, all of them at once. What is read has camelCase names.
 */
export type Scalar = 'string' | 'number' | 'integer' | 'boolean' | 'bytes';

export type Kind =
  | { readonly scalar: Scalar }
  /** Any JSON value, kept as it is. */
  | { readonly any: true }
  /** Any JSON object, kept as it is. */
  | { readonly struct: true }
  | { readonly enum: readonly string[]; readonly type: string }
  | { readonly message: Message }
  | { readonly list: Kind }
  /** Names that are data, such as the properties of a schema. */
  | { readonly map: Kind };

/** Fields by their camelCase name. A function, so that messages can hold themselves. */
export type Message = () => Readonly<Record<string, Kind>>;

export interface Violation {
  readonly field: string;
  readonly description: string;
}

const SCALAR_TYPES: Readonly<Record<Scalar, string>> = {
  string: 'TYPE_STRING',
  number: 'TYPE_FLOAT',
  integer: 'TYPE_INT32',
  boolean: 'TYPE_BOOL',
  bytes: 'TYPE_BYTES',
};

const SCALAR_FITS: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' || (typeof value === 'string' && Number.isFinite(Number(value))),
  integer: (value) => Number.isInteger(typeof value === 'string' && value !== '' ? Number(value) : value),
  boolean: (value) => typeof value === 'boolean',
  bytes: (value) => typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value),
};

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

interface Reader {
  readonly violations: Violation[];
}

function refuse(reader: Reader, field: string, description: string): undefined {
  reader.violations.push({ field, description });
  return undefined;
}

function readScalar(reader: Reader, scalar: Scalar, value: unknown, where: string): unknown {
  if (Array.isArray(value)) {
    const last = where.split('.').at(-1);
    return refuse(
      reader,
      where.split('.').slice(0, -1).join('.'),
      `Invalid JSON payload received. Unknown name "${last}" at '${where.split('.').slice(0, -1).join('.')}': Proto field is not repeating, cannot start list.`,
    );
  }
  if (!SCALAR_FITS[scalar](value)) {
    return refuse(reader, where, `Invalid value at '${where}' (${SCALAR_TYPES[scalar]}), ${JSON.stringify(value)}`);
  }
  return scalar === 'number' || scalar === 'integer' ? Number(value) : value;
}

function readMessage(reader: Reader, message: Message, value: unknown, where: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(reader, where, `Invalid value at '${where}' (Message), ${JSON.stringify(value)}`);
  }
  const fields = message();
  const made: Record<string, unknown> = {};
  for (const [given, member] of Object.entries(value)) {
    const name = camel(given);
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!kind) {
      const place = where === '' ? '' : ` at '${where}'`;
      refuse(reader, where, `Invalid JSON payload received. Unknown name "${given}"${place}: Cannot find field.`);
    } else if (member !== null) {
      made[name] = read(reader, kind, member, where === '' ? snake(name) : `${where}.${snake(name)}`);
    }
  }
  return made;
}

function read(reader: Reader, kind: Kind, value: unknown, where: string): unknown {
  if ('any' in kind) return value;
  if ('struct' in kind) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    const type = 'type.googleapis.com/google.protobuf.Struct';
    return refuse(reader, where, `Invalid value at '${where}' (${type}), ${JSON.stringify(value)}`);
  }
  if ('scalar' in kind) return readScalar(reader, kind.scalar, value, where);
  if ('message' in kind) return readMessage(reader, kind.message, value, where);
  if ('enum' in kind) {
    // In any case of letters: Google's library `@google/generative-ai` writes types of schemas in lower case.
    const known = typeof value === 'string' ? value.toUpperCase() : '';
    if (kind.enum.includes(known)) return known;
    return refuse(reader, where, `Invalid value at '${where}' (${kind.type}), ${JSON.stringify(value)}`);
  }
  if ('list' in kind) {
    // Google's JSON reader takes one member for a list of one.
    const members: unknown[] = Array.isArray(value) ? value : [value];
    return members.map((member, at) => read(reader, kind.list, member, `${where}[${at}]`));
  }
  if (typeof value !== 'object' || value === null) {
    return refuse(reader, where, `Invalid value at '${where}' (Map), ${JSON.stringify(value)}`);
  }
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    read(reader, kind.map, member, `${where}[${entryAt(value, key)}].value`),
  ]);
  return Object.fromEntries(entries);
}

function entryAt(value: object, key: string): number {
  return Object.keys(value).indexOf(key);
}

/** Reads a value as a message; `violations` is empty when it fits. */
export function readProto(message: Message, value: unknown): { read: unknown; violations: readonly Violation[] } {
  const reader: Reader = { violations: [] };
  return { read: readMessage(reader, message, value, ''), violations: reader.violations };
}
