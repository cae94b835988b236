import {
  CelFailure,
  type CelRun,
  type CelValue,
  CHARACTERS_PER_STEP,
  isMap,
  isNumber,
  keysOf,
  spend,
  typeName,
} from './cel-value.ts';

/** A function over values: of a method, the value it is called on comes first. */
export type CelFunction = (values: readonly CelValue[], run: CelRun) => CelValue;

/** The longest text that is searched for. */
const LONGEST_SOUGHT = 1024;

function text(value: CelValue, run: CelRun): string {
  if (typeof value !== 'string') throw new CelFailure(`Here a string is needed, not ${typeName(value)}.`);
  spend(run, value.length / CHARACTERS_PER_STEP);
  return value;
}

/** A text and what is searched in it. Searching takes at worst time in proportion to both lengths, and is paid so. */
function search(values: readonly CelValue[], run: CelRun): [inText: string, sought: string] {
  const within = text(values[0], run);
  const sought = text(values[1], run);
  if (sought.length > LONGEST_SOUGHT) {
    throw new CelFailure(`The text to look for is longer than ${LONGEST_SOUGHT} characters.`);
  }
  spend(run, (within.length * sought.length) / 1024);
  return [within, sought];
}

function position(value: CelValue, length: number): number {
  const at = Number(value);
  if (isNumber(value) && Number.isInteger(at) && at >= 0 && at <= length) return at;
  throw new CelFailure(`${String(value).slice(0, 30)} is no position in a text of ${length} characters.`);
}

function size([value]: readonly CelValue[], run: CelRun): CelValue {
  if (Array.isArray(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(keysOf(value).length);
  return BigInt(Array.from(text(value, run)).length);
}

function toText([value]: readonly CelValue[], run: CelRun): CelValue {
  if (typeof value === 'string') return text(value, run);
  if (isNumber(value) || typeof value === 'boolean') return String(value);
  throw new CelFailure(`string() does not take ${typeName(value)}.`);
}

function toInt([value]: readonly CelValue[]): CelValue {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  if (typeof value === 'string' && /^-?\d{1,18}$/.test(value)) return BigInt(value);
  throw new CelFailure(`int() cannot read ${typeName(value)} as a whole number.`);
}

function toDouble([value]: readonly CelValue[]): CelValue {
  if (isNumber(value)) return Number(value);
  if (typeof value === 'string' && /^-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/.test(value)) return Number(value);
  throw new CelFailure(`double() cannot read ${typeName(value)} as a number.`);
}

function toBool([value]: readonly CelValue[]): CelValue {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new CelFailure(`bool() cannot read ${typeName(value)} as true or false.`);
}

function split(values: readonly CelValue[], run: CelRun): CelValue {
  const [within, separator] = search(values, run);
  const parts = within.split(separator);
  spend(run, parts.length);
  return parts;
}

function join([list, separator = '']: readonly CelValue[], run: CelRun): CelValue {
  if (!Array.isArray(list)) throw new CelFailure(`join() does not take ${typeName(list)}.`);
  spend(run, list.length);
  const between = text(separator, run);
  spend(run, (list.length * between.length) / CHARACTERS_PER_STEP);
  return list.map((item) => text(item, run)).join(between);
}

function substring([value, from, to]: readonly CelValue[], run: CelRun): CelValue {
  const whole = text(value, run);
  const end = to === undefined ? whole.length : position(to, whole.length);
  const start = position(from, whole.length);
  if (start > end) throw new CelFailure('substring() ends before it begins.');
  return whole.slice(start, end);
}

/** Functions, called `name(value, …)`. */
export const FUNCTIONS: Readonly<Record<string, CelFunction>> = {
  size,
  string: toText,
  int: toInt,
  double: toDouble,
  bool: toBool,
  dyn: ([value]) => value,
};

/** Methods, called `value.name(…)`; `matches` and those over lists are compiled beside this table. */
export const METHODS: Readonly<Record<string, CelFunction>> = {
  size,
  startsWith: ([value, start], run) => text(value, run).startsWith(text(start, run)),
  endsWith: ([value, end], run) => text(value, run).endsWith(text(end, run)),
  contains: (values, run) => {
    const [within, sought] = search(values, run);
    return within.includes(sought);
  },
  indexOf: (values, run) => {
    const [within, sought] = search(values, run);
    return BigInt(within.indexOf(sought, values[2] === undefined ? 0 : position(values[2], within.length)));
  },
  lowerAscii: ([value], run) => text(value, run).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  upperAscii: ([value], run) => text(value, run).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  trim: ([value], run) => text(value, run).trim(),
  substring,
  split,
  join,
};
