import type { Placeholders } from './placeholders.ts';

/** Longest way to write a placeholder that is understood; a stream holds back no more than this. */
export const LONGEST_PLACEHOLDER = 80;

/** Brackets as models, HTML and JSON write them. */
const OPEN = ['\\u003c', '\\u003C', '&lt;', '<', '[', '{', '(', '«', '‹', '⟨'];
const CLOSE = ['\\u003e', '\\u003E', '&gt;', '>', ']', '}', ')', '»', '›', '⟩'];
const FIRST = /[\\&<[{(«‹⟨]/g;

function firstFrom(text: string, from: number): number {
  FIRST.lastIndex = from;
  return FIRST.exec(text)?.index ?? -1;
}

type Read = { readonly end: number; readonly name: string; readonly number: string } | 'no' | 'more';

const beginsOne = (marks: readonly string[], text: string): string | undefined =>
  marks.find((mark) => text.startsWith(mark)) ?? (marks.some((mark) => mark.startsWith(text)) ? 'more' : undefined);

/** Reads a placeholder at the start of a text: any bracket, any case, spaces or a backslash within. */
function read(text: string): Read {
  const open = beginsOne(OPEN, text);
  if (open === undefined) return 'no';
  if (open === 'more') return 'more';
  const inside =
    /^(?:\\?[\s*_`]){0,4}([A-Za-z]{1,24}(?:(?:\\?_|[\s-])[A-Za-z]{1,24}){0,3})(?:\\?_|[\s-]|\\?_[\s])(\d{1,6})(?:\\?[\s*_`]){0,4}/;
  const rest = text.slice(open.length);
  const match = inside.exec(rest);
  if (!match) return partial(rest) ? 'more' : 'no';
  const after = rest.slice(match[0].length);
  if (after === '') return 'more';
  const close = beginsOne(CLOSE, after);
  if (close === 'more') return 'more';
  if (close === undefined) return after === '\\' ? 'more' : 'no';
  return {
    end: open.length + match[0].length + close.length,
    name: (match[1] ?? '').replaceAll('\\', ''),
    number: match[2] ?? '',
  };
}

/** True if a placeholder's inside could go on from here. */
const partial = (rest: string): boolean =>
  /^(?:\\?[\s*_`]?){0,4}\\?(?:[A-Za-z]{1,24}(?:(?:\\?_|[\s-])[A-Za-z]{1,24}){0,3})?(?:\\|\\?_|[\s-])?$/.test(rest);

/**
 * Puts values back where an answer names their placeholders, in any chunks. `escape` says how a value is written where it
 * goes: as it is, or as the inside of a JSON string.
 */
export class Restorer {
  readonly #placeholders: Placeholders;
  readonly #escape: (value: string) => string;
  #held = '';

  constructor(placeholders: Placeholders, place: 'text' | 'json') {
    this.#placeholders = placeholders;
    this.#escape = place === 'json' ? (value) => JSON.stringify(value).slice(1, -1) : (value) => value;
  }

  /** Takes the next chunk; returns what is safe to hand on. Holds back at most `LONGEST_PLACEHOLDER` characters. */
  feed(chunk: string): string {
    if (this.#placeholders.size === 0) return chunk;
    if (this.#held === '' && firstFrom(chunk, 0) < 0) return chunk;
    return this.#read(this.#held + chunk, false);
  }

  /** No more chunks; returns the rest. */
  end(): string {
    return this.#read(this.#held, true);
  }

  #read(text: string, ended: boolean): string {
    let result = '';
    let from = 0;
    let at = firstFrom(text, 0);
    this.#held = '';
    while (at >= 0) {
      const found = read(text.slice(at, at + LONGEST_PLACEHOLDER));
      if (found === 'more' && !ended && text.length - at < LONGEST_PLACEHOLDER) {
        this.#held = text.slice(at);
        return result + text.slice(from, at);
      }
      const value = typeof found === 'object' ? this.#placeholders.valueOf(found.name, found.number) : undefined;
      if (typeof found === 'object' && value !== undefined) {
        result += text.slice(from, at) + this.#escape(value);
        from = at + found.end;
      }
      at = firstFrom(text, value === undefined ? at + 1 : from);
    }
    return result + text.slice(from);
  }
}

/** Restores a whole text. */
export function restoreText(placeholders: Placeholders, text: string, place: 'text' | 'json'): string {
  const restorer = new Restorer(placeholders, place);
  return restorer.feed(text) + restorer.end();
}
