/** Runs of digits a double may not hold: only then is a text read number by number. */
const LONG_NUMBER = /\d{16}/;

interface Source {
  readonly source?: string;
}

/** `JSON.rawJSON` (ECMAScript 2026), which the compiler's library does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

function keepDigits(_key: string, value: unknown, context?: Source): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || source.length < 16) return value;
  return String(value) === source ? value : rawJSON(source);
}

/**
 * JSON of a text whose long numbers keep their digits when it is written again: ids in a tool's arguments are often longer
 * than a double holds. `undefined` for what is no JSON.
 */
export function parseExact(text: string): unknown {
  try {
    if (LONG_NUMBER.test(text)) return JSON.parse(text, keepDigits);
  } catch (error) {
    // A reviver recurses; what nests too deep for it is read plainly.
    if (!(error instanceof RangeError)) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON text of a value; `null` for one that nests too deep to be written. */
export function stringifyDeep(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}
