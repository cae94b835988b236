const WHITE = /\s/;

/**
 * Whether an object anywhere in a JSON text names a member twice. Parsers disagree on which of the two counts, so a token
 * that does is taken by nobody here (RFC 7519 §4). The text must be valid JSON.
 */
export function hasDuplicateMembers(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const sign = json.charAt(at);
    if (sign === '{') open.push(new Set());
    else if (sign === '[') open.push(null);
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === '"') {
      const end = endOfString(json, at);
      const members = open.at(-1);
      if (members && followedByColon(json, end)) {
        // Escapes are read as the parser will read them: "\u0069ss" is "iss".
        const name = JSON.parse(json.slice(at, end)) as string;
        if (members.has(name)) return true;
        members.add(name);
      }
      at = end - 1;
    }
  }
  return false;
}

/** Index behind the closing quote. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function followedByColon(json: string, from: number): boolean {
  let at = from;
  while (WHITE.test(json.charAt(at))) at++;
  return json.charAt(at) === ':';
}
