/** `Cache-Control` directives by lower-case name; `true` for one without a value. The first of a name counts (§4.2.1). */
export type Directives = ReadonlyMap<string, string | true>;

const NONE: Directives = new Map();
/** One directive with its value, a token or a quoted string, up to the next comma. */
const DIRECTIVE = /\s*([!#$%&'*+\-.^_`|~\w]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?\s*(?:,|$)|[^,]*(?:,|$)/gy;
/** RFC 9111 §1.2.2: what is larger is taken for this. */
const FOREVER = 2_147_483_648;

/** Reads `Cache-Control` (RFC 9111 §5.2), all its lines together. What is no directive is passed over. */
export function parseDirectives(value: string | readonly string[] | undefined): Directives {
  if (value === undefined || value.length === 0) return NONE;
  const text = typeof value === 'string' ? value : value.join(',');
  const found = new Map<string, string | true>();
  DIRECTIVE.lastIndex = 0;
  while (DIRECTIVE.lastIndex < text.length) {
    const part = DIRECTIVE.exec(text);
    if (part === null) break;
    const name = part[1]?.toLowerCase();
    if (name !== undefined && !found.has(name)) found.set(name, part[2] ?? part[3] ?? true);
  }
  return found;
}

/** Delta-seconds of a directive; `undefined` when it is absent, `null` when it is there and makes no sense. */
export function secondsOf(directives: Directives, name: string): number | null | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return value !== true && /^\d+$/.test(value) ? Math.min(Number(value), FOREVER) : null;
}
