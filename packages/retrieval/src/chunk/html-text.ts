/** The entities that texts are full of; others are left as they stand. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  deg: '°',
  times: '×',
  frac12: '½',
  sect: '§',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  aacute: 'á',
  ccedil: 'ç',
  ntilde: 'ñ',
  oacute: 'ó',
  iacute: 'í',
  uacute: 'ú',
};

const PIECE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));|\s+|[^&\s]+|&/g;

function decoded(piece: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? piece;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  const known = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return known ? String.fromCodePoint(code) : '�';
}

/** The text of a block as it is read, and where each part of it stands in the source. */
export class ReadText {
  #text = '';
  #places: [number, number][] = [];
  #end = 0;
  #gap = false;

  /** Adds what stands between two tags; blanks are one space unless kept as they are. */
  add(source: string, from: number, to: number, keepBlanks: boolean): void {
    for (const match of source.slice(from, to).matchAll(PIECE)) {
      const [piece, decimal, hexadecimal, name] = match;
      const at = from + match.index;
      if (!keepBlanks && piece.trim() === '') this.#gap = true;
      else this.#put(piece.startsWith('&') ? decoded(piece, decimal, hexadecimal, name) : piece, at, at + piece.length);
    }
  }

  /** What is added next stands apart. */
  gap(): void {
    this.#gap = true;
  }

  /** What was read, and nothing of it from here on; `null` where that is nothing. */
  take(): { text: string; start: number; end: number; places: readonly (readonly [number, number])[] } | null {
    const text = this.#text.trimEnd();
    const [places, end] = [this.#places, this.#end];
    this.#text = '';
    this.#places = [];
    this.#gap = false;
    return text.trim() === '' ? null : { text, start: places[0]?.[1] ?? 0, end, places };
  }

  #put(text: string, start: number, end: number): void {
    if (this.#gap && this.#text !== '') {
      this.#places.push([this.#text.length, this.#end]);
      this.#text += ' ';
    }
    this.#gap = false;
    this.#places.push([this.#text.length, start]);
    this.#text += text;
    this.#end = end;
  }
}
