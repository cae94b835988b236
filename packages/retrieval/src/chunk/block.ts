/** A piece of a document that its own structure sets apart: a paragraph, a row, a piece of code. */
export interface Block {
  /** What is searched and shown. */
  readonly text: string;
  /** Where it stands in the source: from, and up to but without, in UTF-16 code units as JavaScript counts. */
  readonly start: number;
  readonly end: number;
  /** The headings it stands under, outermost first. */
  readonly headings: readonly string[];
  /**
   * Where the text's characters stand in the source: pairs of a place in the text and one in the source, from which on both go
   * on alike. `null`: a part of the text stands for the whole block.
   */
  readonly places: readonly (readonly [text: number, source: number])[] | null;
}

/** Where a character of a block's text stands in the source. */
export function sourcePlace({ places, start }: Block, at: number): number {
  if (places === null) return start;
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[middle]?.[0] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const [text, source] = places[low] ?? [0, start];
  return source + at - text;
}

/** A block whose text is the source's own; blank ends are left out. `null` where nothing else is there. */
export function ownBlock(source: string, from: number, to: number, headings: readonly string[]): Block | null {
  const raw = source.slice(from, to);
  const start = from + raw.length - raw.trimStart().length;
  const text = raw.trim();
  return text === '' ? null : { text, start, end: start + text.length, headings, places: [[0, start]] };
}

/** Headings under which a document's text stands, as they come one after another. */
export class Headings {
  #open: { readonly level: number; readonly title: string }[] = [];
  path: readonly string[] = [];

  /** A heading of a level begins; it ends all of the same and of deeper levels. */
  begin(level: number, title: string): void {
    this.#open = [...this.#open.filter((open) => open.level < level), { level, title }];
    this.path = this.#open.map((open) => open.title);
  }
}
