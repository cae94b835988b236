/**
 * Edits of a JSON object's text that leave every other byte as it was: numbers keep their digits, keys their order,
 * unknown fields their form. The text must already be known to parse as an object (`JSON.parse`).
 */
export interface Edit {
  readonly key: string;
  /** JSON text of the new value; `null` removes the member. */
  readonly value: string | null;
  /** Adds the member when the object has none of this key. */
  readonly add: boolean;
}

/** One member of the outermost object; a key given twice is two members. */
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** Index after the string that starts at `at`. */
function skipString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if ((slashes & 1) === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** Index after the value that starts at `at`. */
function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  let i = at;
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code)) break;
    }
    return i;
  }
  let depth = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = skipString(text, i);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return i + 1;
    i++;
  }
  return i;
}

/** Members of the outermost object in order, with where each starts and ends; `[]` when the text holds no object. */
export function membersOf(text: string): Member[] {
  const members: Member[] = [];
  let i = skipSpace(text, 0);
  if (text.charCodeAt(i) !== OPEN_BRACE) return members;
  i = skipSpace(text, i + 1);
  while (text.charCodeAt(i) === QUOTE) {
    const keyStart = i;
    const keyEnd = skipString(text, i);
    const raw = text.slice(keyStart + 1, keyEnd - 1);
    const key = raw.includes('\\') ? (JSON.parse(text.slice(keyStart, keyEnd)) as string) : raw;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    members.push({ key, keyStart, valueStart, valueEnd });
    i = skipSpace(text, valueEnd);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
  return members;
}

/** Texts of the elements of the outermost array, in order; `[]` when the text holds no array. */
export function elementsOf(text: string): string[] {
  const elements: string[] = [];
  let i = skipSpace(text, 0);
  if (text.charCodeAt(i) !== OPEN_BRACKET) return elements;
  i = skipSpace(text, i + 1);
  while (i < text.length && text.charCodeAt(i) !== CLOSE_BRACKET) {
    const end = skipValue(text, i);
    elements.push(text.slice(i, end));
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
  return elements;
}

/** Text of the last member of this key, which is the one `JSON.parse` reads; `null` without one. */
export function memberText(text: string, key: string): string | null {
  let found: Member | null = null;
  for (const member of membersOf(text)) if (member.key === key) found = member;
  return found ? text.slice(found.valueStart, found.valueEnd) : null;
}

function editOf(edits: readonly Edit[], key: string): Edit | undefined {
  for (const edit of edits) if (edit.key === key) return edit;
  return undefined;
}

/** Applies edits to the outermost object of a valid JSON text; every member of an edited key is changed. */
export function editObject(text: string, edits: readonly Edit[]): string {
  const members = membersOf(text);
  let out = '';
  let copiedTo = 0;
  let kept = 0;
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Member;
    const edit = editOf(edits, member.key);
    if (edit?.value === null) {
      // A removed member takes the comma before it along, or the one after it when nothing kept stands before.
      out += text.slice(copiedTo, kept > 0 ? (members[i - 1] as Member).valueEnd : member.keyStart);
      copiedTo = kept > 0 ? member.valueEnd : (members[i + 1]?.keyStart ?? member.valueEnd);
      continue;
    }
    kept++;
    if (edit) {
      out += text.slice(copiedTo, member.valueStart) + edit.value;
      copiedTo = member.valueEnd;
    }
  }
  out += text.slice(copiedTo);
  for (const edit of edits) {
    if (!edit.add || edit.value === null || members.some((member) => member.key === edit.key)) continue;
    const close = out.lastIndexOf('}');
    out = `${out.slice(0, close)}${kept > 0 ? ',' : ''}${JSON.stringify(edit.key)}:${edit.value}${out.slice(close)}`;
    kept++;
  }
  return out;
}
