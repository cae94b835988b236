const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const OPEN = new Set([91, 123]);
const CLOSE = new Set([93, 125]);

export interface JsonSize {
  readonly depth: number;
  readonly keys: number;
}

/** How deep JSON is nested and how many fields it has, counted over its bytes without building anything. */
export function jsonSize(bytes: Uint8Array): JsonSize {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === COLON) keys++;
    else if (OPEN.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSE.has(byte)) depth--;
  }
  return { depth: deepest, keys };
}

/** Query parameters, or form fields, without splitting the text. */
export function parameterCount(text: string): number {
  if (text.length < 2) return 0;
  let count = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) count++;
  return count;
}
