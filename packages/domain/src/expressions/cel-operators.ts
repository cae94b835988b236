import {
  CelFailure,
  type CelRun,
  type CelValue,
  CHARACTERS_PER_STEP,
  isMap,
  isNumber,
  lookUp,
  same,
  spend,
  typeName,
} from './cel-value.ts';

type Binary = (a: CelValue, b: CelValue, run: CelRun) => CelValue;

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

function unfit(operator: string, a: CelValue, b: CelValue): CelFailure {
  return new CelFailure(`“${operator}” does not take ${typeName(a)} and ${typeName(b)}.`);
}

function within(value: bigint): bigint {
  if (value <= LARGEST && value >= SMALLEST) return value;
  throw new CelFailure('A whole number of more than 64 bit.');
}

/** Two ints make an int; with a double among them both are doubles, for JSON has no other numbers. */
function arithmetic(
  operator: string,
  ints: (a: bigint, b: bigint) => bigint,
  doubles: (a: number, b: number) => number,
): Binary {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return within(ints(a, b));
    if (isNumber(a) && isNumber(b)) return doubles(Number(a), Number(b));
    throw unfit(operator, a, b);
  };
}

function dividing(operation: (a: bigint, b: bigint) => bigint): (a: bigint, b: bigint) => bigint {
  return (a, b) => {
    if (b === 0n) throw new CelFailure('Division by zero.');
    return operation(a, b);
  };
}

const sum = arithmetic(
  '+',
  (a, b) => a + b,
  (a, b) => a + b,
);

function plus(a: CelValue, b: CelValue, run: CelRun): CelValue {
  if (typeof a === 'string' && typeof b === 'string') {
    spend(run, (a.length + b.length) / CHARACTERS_PER_STEP);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    spend(run, a.length + b.length);
    const joined: CelValue[] = [...(a as CelValue[]), ...(b as CelValue[])];
    return joined;
  }
  return sum(a, b, run);
}

function ordering(
  operator: string,
  holds: (a: number | bigint | string, b: number | bigint | string) => boolean,
): Binary {
  return (a, b, run) => {
    if (isNumber(a) && isNumber(b)) return holds(a, b);
    if (typeof a === 'string' && typeof b === 'string') {
      spend(run, Math.min(a.length, b.length) / CHARACTERS_PER_STEP);
      return holds(a, b);
    }
    if (typeof a === 'boolean' && typeof b === 'boolean') return holds(Number(a), Number(b));
    throw unfit(operator, a, b);
  };
}

function isIn(a: CelValue, b: CelValue, run: CelRun): boolean {
  if (Array.isArray(b)) {
    spend(run, b.length);
    return b.some((item) => same(a, item, run));
  }
  if (isMap(b) && typeof a === 'string') return lookUp(b, a) !== undefined;
  throw unfit('in', a, b);
}

/** Operators between two values. */
export const BINARY: Readonly<Record<string, Binary>> = {
  '==': same,
  '!=': (a, b, run) => !same(a, b, run),
  in: isIn,
  '+': plus,
  '-': arithmetic(
    '-',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '*': arithmetic(
    '*',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': arithmetic(
    '/',
    dividing((a, b) => a / b),
    (a, b) => a / b,
  ),
  '%': arithmetic(
    '%',
    dividing((a, b) => a % b),
    (a, b) => a % b,
  ),
  '<': ordering('<', (a, b) => a < b),
  '<=': ordering('<=', (a, b) => a <= b),
  '>': ordering('>', (a, b) => a > b),
  '>=': ordering('>=', (a, b) => a >= b),
};

/** `-x`. */
export function negative(value: CelValue): CelValue {
  if (typeof value === 'bigint') return within(-value);
  if (typeof value === 'number') return -value;
  throw new CelFailure(`“-” does not take ${typeName(value)}.`);
}

/** `a.key`, `a["key"]`, `list[0]`. */
export function member(of: CelValue, key: CelValue): CelValue {
  if (isMap(of) && typeof key === 'string') {
    const found = lookUp(of, key);
    if (found !== undefined) return found;
    throw new CelFailure(`There is no “${key.slice(0, 100)}”.`);
  }
  if (Array.isArray(of) && isNumber(key)) {
    const at = Number(key);
    if (Number.isInteger(at) && at >= 0 && at < of.length) return of[at];
    throw new CelFailure(`A list of ${of.length} has no member ${at}.`);
  }
  throw new CelFailure(`${typeName(of)} has no members by ${typeName(key)}.`);
}
