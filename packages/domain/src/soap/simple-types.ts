import type { PlannedSimple } from '@parley/contracts/soap-plan';

const INTEGERS = [
  'integer',
  'int',
  'long',
  'short',
  'byte',
  'nonNegativeInteger',
  'positiveInteger',
  'nonPositiveInteger',
  'negativeInteger',
  'unsignedInt',
  'unsignedLong',
  'unsignedShort',
  'unsignedByte',
];
const BASES = new Map<string, PlannedSimple['base']>([
  ...INTEGERS.map((name) => [name, 'integer'] as const),
  ['decimal', 'number'],
  ['float', 'number'],
  ['double', 'number'],
  ['boolean', 'boolean'],
]);
const LISTS: Readonly<Record<string, string>> = { NMTOKENS: 'NMTOKEN', IDREFS: 'IDREF', ENTITIES: 'ENTITY' };

/** A type of XML Schema itself (Part 2). */
export function builtIn(name: string): PlannedSimple {
  const item = LISTS[name];
  if (item !== undefined) return { kind: 'simple', base: 'string', of: item, list: true };
  return { kind: 'simple', base: BASES.get(name) ?? 'string', of: name };
}

const INTEGER = /^[+-]?\d{1,400}$/;
const NUMBER = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,3})?$/;

/** The text of a value, or the sentence that says what it must be. Texts that read as the type are taken too. */
export function simpleText(type: PlannedSimple, value: unknown): { text: string } | { wrong: string } {
  if (type.list) {
    const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => oneText(type, one));
    const wrong = texts.find((one) => 'wrong' in one);
    return wrong ?? { text: texts.map((one) => ('text' in one ? one.text : '')).join(' ') };
  }
  return oneText(type, value);
}

function oneText(type: PlannedSimple, value: unknown): { text: string } | { wrong: string } {
  const text = typeof value === 'string' ? value : scalarText(type.base, value);
  if (text === null || !fits(type, text)) return { wrong: `It must be ${WANTED[type.base]}.` };
  if (type.values && !type.values.includes(text)) {
    return { wrong: `It must be one of ${type.values.slice(0, 20).join(', ')}.` };
  }
  return { text };
}

const WANTED = { string: 'a text', boolean: 'true or false', integer: 'a whole number', number: 'a number' } as const;

function scalarText(base: PlannedSimple['base'], value: unknown): string | null {
  if (typeof value === 'boolean') return base === 'boolean' ? String(value) : null;
  if (typeof value !== 'number' || !Number.isFinite(value) || base === 'boolean' || base === 'string') return null;
  // Exponents are no decimal of XML Schema.
  return base === 'integer' && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function fits({ base, of }: PlannedSimple, text: string): boolean {
  const bare = text.trim();
  switch (base) {
    case 'integer':
      return INTEGER.test(bare);
    case 'number':
      return NUMBER.test(bare) && (of !== 'decimal' || !/e/i.test(bare)) ? true : of !== 'decimal' && isSpecial(bare);
    case 'boolean':
      return /^(?:true|false|0|1)$/.test(bare);
    case 'string':
      return true;
  }
}

const isSpecial = (text: string): boolean => /^(?:INF|-INF|NaN)$/.test(text);

/** The JSON value of a text; what JSON cannot hold exactly, or is not of its type, stays text. */
export function simpleValue(type: PlannedSimple, text: string): unknown {
  if (type.list)
    return text.trim() === ''
      ? []
      : text
          .trim()
          .split(/\s+/)
          .map((one) => oneValue(type, one));
  return oneValue(type, text);
}

function oneValue({ base }: PlannedSimple, text: string): unknown {
  const bare = text.trim();
  switch (base) {
    case 'boolean':
      return bare === 'true' || bare === '1' ? true : bare === 'false' || bare === '0' ? false : text;
    case 'integer': {
      const value = Number(bare);
      return INTEGER.test(bare) && Number.isSafeInteger(value) ? value : bare;
    }
    case 'number': {
      const digits = bare.replace(/[eE].*$/, '').replaceAll(/^[+-]?0*\.?0*|\.|[+-]/g, '').length;
      return NUMBER.test(bare) && digits <= 15 && Number.isFinite(Number(bare)) ? Number(bare) : bare;
    }
    case 'string':
      return text;
  }
}
