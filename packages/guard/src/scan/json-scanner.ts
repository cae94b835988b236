import type { ScanPlan } from './plan.ts';
import { type OnFound, Scanner, STOP } from './scanner.ts';

const STRUCTURE = '{}[],:';
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** Deeper than this, a list counts as an object: it only decides whether a name still holds for the next value. */
const DEEPEST = 256;
const LONGEST_LITERAL = 512;

const inside = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * Scans the strings of a JSON text, and its numbers, in any chunks; what it hands out is the same JSON with replaced pieces
 * inside of its strings. A member's name is context of its value (`{"password": "…"}`). A number with something in it becomes
 * a string. Text that is no JSON is scanned word by word.
 */
export class JsonScanner {
  readonly #plan: ScanPlan;
  readonly #onFound: OnFound;
  readonly #lists: boolean[] = [];
  #string: { scanner: Scanner; skip: number; start: string } | undefined;
  #escape = '';
  #literal = '';
  #last = '';
  #name = '';
  #stopped = false;
  /** True once something was replaced; until then the JSON may be taken as it came. */
  changed = false;

  constructor(plan: ScanPlan, onFound: OnFound) {
    this.#plan = plan;
    this.#onFound = (found) => {
      const replaced = onFound(found);
      if (replaced === STOP) this.#stopped = true;
      if (replaced !== undefined) this.changed = true;
      return replaced;
    };
  }

  feed(chunk: string): string {
    let out = '';
    let index = 0;
    while (index < chunk.length && !this.#stopped) {
      if (this.#string) {
        const end = this.#stringPart(chunk, index);
        out += end.out;
        index = end.next;
        continue;
      }
      const character = chunk.charAt(index++);
      if (character === '"') out += this.#endLiteral() + this.#beginString();
      else if (STRUCTURE.includes(character)) out += this.#endLiteral() + this.#structure(character);
      else if (character.trim() === '') out += this.#endLiteral() + character;
      else {
        this.#literal += character;
        if (this.#literal.length >= LONGEST_LITERAL) out += this.#endLiteral();
      }
    }
    return out;
  }

  end(): string {
    if (this.#stopped) return '';
    const rest = this.#endLiteral();
    return this.#string ? rest + this.#take(this.#string.scanner.end()) : rest;
  }

  #beginString(): string {
    const scanner = new Scanner(this.#plan, this.#onFound, this.#name);
    this.#string = { scanner, skip: 0, start: '' };
    // A name before makes the value an assigned one; the sign between is not handed out.
    if (this.#name !== '') {
      this.#string.skip = 2;
      return `"${this.#take(scanner.feed('="'))}`;
    }
    return '"';
  }

  /** What of a scanner's text goes out, without the sign that was put before. */
  #take(released: string): string {
    const string = this.#string;
    if (!string || released === '') return '';
    const skipped = Math.min(string.skip, released.length);
    string.skip -= skipped;
    return inside(released.slice(skipped));
  }

  #stringPart(chunk: string, from: number): { out: string; next: number } {
    const string = this.#string;
    let decoded = '';
    let index = from;
    let closed = false;
    while (index < chunk.length && !closed) {
      const character = chunk.charAt(index++);
      if (this.#escape !== '' || character === '\\') decoded += this.#unescape(character);
      else if (character === '"') closed = true;
      else decoded += character;
    }
    if (!string) return { out: '', next: index };
    if (string.start.length < 64) string.start += decoded.slice(0, 64);
    let out = this.#take(string.scanner.feed(decoded));
    if (closed && !this.#stopped) {
      out += `${this.#take(string.scanner.end())}"`;
      this.#last = string.start.slice(0, 48);
      this.#string = undefined;
    }
    return { out, next: index };
  }

  /** Takes one character of an escape; returns what it stands for once that is known. */
  #unescape(character: string): string {
    this.#escape += character;
    if (this.#escape.length === 1) return '';
    const kind = this.#escape.charAt(1);
    if (kind === 'u' && this.#escape.length < 6) return '';
    const text =
      kind === 'u' ? String.fromCharCode(Number.parseInt(this.#escape.slice(2), 16) || 0) : (ESCAPES[kind] ?? kind);
    this.#escape = '';
    return text;
  }

  #structure(character: string): string {
    if (character === ':') this.#name = this.#last;
    else if (character === '{') this.#name = '';
    else if (character === ',' && !this.#lists.at(-1)) this.#name = '';
    if (character === '[' || character === '{') {
      if (this.#lists.length < DEEPEST) this.#lists.push(character === '[');
    } else if (character === ']' || character === '}') this.#lists.pop();
    return character;
  }

  #endLiteral(): string {
    const literal = this.#literal;
    if (literal === '' || literal === 'true' || literal === 'false' || literal === 'null') {
      this.#literal = '';
      return literal;
    }
    this.#literal = '';
    let replaced = false;
    const scanner = new Scanner(
      this.#plan,
      (found) => {
        const answer = this.#onFound(found);
        replaced ||= answer !== undefined;
        return answer;
      },
      this.#name === '' ? '' : `${this.#name}: `,
    );
    const text = scanner.feed(literal) + scanner.end();
    if (this.#stopped) return '';
    return replaced ? JSON.stringify(text) : literal;
  }
}

/** Scans a whole JSON text; what holds nothing to replace comes back as it was, to the byte. */
export function scanJson(plan: ScanPlan, json: string, onFound: OnFound): string {
  const scanner = new JsonScanner(plan, onFound);
  const text = scanner.feed(json) + scanner.end();
  return scanner.changed ? text : json;
}
