/**
 * How the first word of what a pattern matches may begin: the literal beginnings, or undefined if the pattern does not say.
 * Reads the part of regex syntax that our rules use: groups, alternatives, optional parts.
 */
export function firstWords(source: string): readonly string[] | undefined {
  if (!source.startsWith(' ')) return undefined;
  const found = beginnings(source.slice(1));
  return found?.every((word) => word !== '') ? [...new Set(found)] : undefined;
}

function beginnings(source: string): string[] | undefined {
  const parts = alternatives(source);
  if (parts.length > 1) return together(parts.map(beginnings));
  if (source.startsWith('(?:')) {
    const end = closing(source);
    const inside = beginnings(source.slice(3, end));
    const after = source[end + 1];
    return after === '?' || after === '*' ? together([inside, beginnings(source.slice(end + 2))]) : inside;
  }
  const literal = /^[\p{L}\p{N}]*/u.exec(source)?.[0] ?? '';
  if (literal === '') return undefined;
  // The last letter is optional, or one of several.
  return [/^[?*{]/.test(source.slice(literal.length)) ? literal.slice(0, -1) : literal];
}

const together = (lists: readonly (string[] | undefined)[]): string[] | undefined =>
  lists.some((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);

/** The place of the bracket that closes the group at the start. */
function closing(source: string): number {
  let depth = 0;
  for (let index = 0; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === '(') depth++;
    else if (source[index] === ')' && --depth === 0) return index;
  }
  return source.length;
}

function alternatives(source: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === '(') depth++;
    else if (source[index] === ')') depth--;
    else if (source[index] === '|' && depth === 0) {
      parts.push(source.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, source.slice(from)];
}
