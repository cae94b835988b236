/**
 * What expressions compute with: what JSON has, whole numbers as `bigint` (CEL's int, 64 bit), and maps. Maps are plain
 * objects or `Map`s, by text.
 */
export type CelValue = unknown;

/** Why an expression has no value for a call. A value of its own, thrown only inside an evaluation. */
export class CelFailure extends Error {
  override readonly name = 'CelFailure';
}

/** The evaluation took more steps than it may: nothing inside the expression can turn this into a value. */
export class CelExhausted extends CelFailure {}

/** One evaluation: what it may still spend, where variables are read, and the variables of `exists`, `map` and the like. */
export interface CelRun {
  left: number;
  readonly read: (name: string) => CelValue;
  readonly locals: CelValue[];
}

/** A part of an expression as a function. */
export type CelStep = (run: CelRun) => CelValue;

/** Characters that cost as much as one step. */
export const CHARACTERS_PER_STEP = 64;

/** Takes steps from what is left; throws {@link CelExhausted} when that is nothing. */
export function spend(run: CelRun, steps: number): void {
  run.left -= steps;
  if (run.left < 0) throw new CelExhausted('The expression takes too many steps for this call.');
}

/** Objects and maps. */
export function isMap(value: CelValue): value is Map<string, CelValue> | Record<string, CelValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key, or `undefined`; never what an object inherits. */
export function lookUp(map: Map<string, CelValue> | Record<string, CelValue>, key: string): CelValue {
  if (map instanceof Map) return map.get(key);
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function keysOf(map: Map<string, CelValue> | Record<string, CelValue>): string[] {
  return map instanceof Map ? [...map.keys()] : Object.keys(map);
}

export function isNumber(value: CelValue): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** CEL's name of a value's type, for messages. */
export function typeName(value: CelValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const names: Readonly<Record<string, string>> = { bigint: 'int', number: 'double', boolean: 'bool', object: 'map' };
  return names[typeof value] ?? typeof value;
}

/** 1 and 1.0 are one number in CEL, of two types here. */
function sameNumber(a: bigint | number, b: bigint | number): boolean {
  if (typeof a === typeof b) return a === b;
  const [whole, double] = typeof a === 'bigint' ? [a, Number(b)] : [BigInt(b), a];
  return Number.isInteger(double) && BigInt(double) === whole;
}

/** Equality of CEL: numbers by what they are worth, lists and maps member by member; other types are never equal. */
export function same(a: CelValue, b: CelValue, run: CelRun): boolean {
  if (a === b) {
    if (typeof a === 'string') spend(run, a.length / CHARACTERS_PER_STEP);
    return true;
  }
  if (isNumber(a) && isNumber(b)) return sameNumber(a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    spend(run, Math.min(a.length, b.length) / CHARACTERS_PER_STEP);
    return false;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    spend(run, a.length);
    return a.every((item, at) => same(item, b[at], run));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  spend(run, keys.length);
  return keys.every((key) => {
    const other = lookUp(b, key);
    return other !== undefined && same(lookUp(a, key), other, run);
  });
}

/**
 * A value as JSON has it: whole numbers beyond 2^53 become texts, as nothing else keeps their digits. Every member is
 * paid: a list may hold one large value many times.
 */
export function asJson(value: CelValue, run: CelRun): CelValue {
  spend(run, typeof value === 'string' ? value.length / CHARACTERS_PER_STEP : 1);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map((item) => asJson(item, run));
  if (!isMap(value)) return value;
  return Object.fromEntries(keysOf(value).map((key) => [key, asJson(lookUp(value, key), run)]));
}

/** True or false; anything else has no value where one is needed. */
export function bool(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelFailure(`Here true or false is needed, not ${typeName(value)}.`);
}

/** What a failure that `||`, `&&`, `exists` and `all` pass over costs, in steps. */
const FAILURE_STEPS = 20;

/** Goes on after a failure, which is paid; anything but one, and the end of all steps, goes on upwards. */
export function passOver(error: unknown, run: CelRun): CelFailure {
  if (error instanceof CelExhausted || !(error instanceof CelFailure)) throw error;
  spend(run, FAILURE_STEPS);
  return error;
}
