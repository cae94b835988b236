import { type Block, sourcePlace } from './block.ts';
import { csvBlocks } from './csv.ts';
import { htmlBlocks } from './html.ts';
import { markdownBlocks } from './markdown.ts';
import { textBlocks } from './text.ts';

/** A passage of a document: what is found, shown and cited. */
export interface Chunk {
  readonly text: string;
  /** Where it stands in the document: from, and up to but without, in UTF-16 code units as JavaScript counts. */
  readonly start: number;
  readonly end: number;
  /** The headings it stands under, outermost first. */
  readonly headings: readonly string[];
}

const FORMATS = { text: textBlocks, markdown: markdownBlocks, html: htmlBlocks, csv: csvBlocks };
export type Format = keyof typeof FORMATS;

/** Longest passage, in characters: about 300 tokens of English, so that five of them are read at little cost. */
export const MAX_CHUNK_CHARS = 1200;
const SENTENCE_END = /[.!?。！？]["'”’)\]]?(?=\s|$)|\n/g;

/** Where a text is best cut: after the last sentence that fits, else before the last word, never inside a character. */
function cutOf(text: string, most: number): number {
  const head = text.slice(0, most);
  let cut = 0;
  for (const { index, 0: sign } of head.matchAll(SENTENCE_END)) cut = index + sign.length;
  if (cut >= most / 3) return cut;
  const blank = head.search(/\s\S*$/);
  if (blank >= most / 3) return blank;
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code <= 0xdbff ? most - 1 : most;
}

/** A block in pieces that fit. */
function piecesOf(block: Block, most: number): Block[] {
  const pieces: Block[] = [];
  let from = 0;
  while (block.text.length - from > most) {
    const cut = from + cutOf(block.text.slice(from, from + most + 1), most);
    pieces.push(pieceOf(block, from, cut));
    from = cut;
    while (from < block.text.length && /\s/.test(block.text[from] ?? '')) from++;
  }
  if (pieces.length === 0) return [block];
  if (from < block.text.length) pieces.push(pieceOf(block, from, block.text.length));
  return pieces;
}

function pieceOf(block: Block, from: number, to: number): Block {
  const text = block.text.slice(from, to);
  if (block.places === null) return { ...block, text };
  const start = sourcePlace(block, from);
  const end = to === block.text.length ? block.end : sourcePlace(block, to);
  return { text, start, end, headings: block.headings, places: block.places };
}

/**
 * A document in passages by its own structure: neighbouring blocks under the same headings together while they fit, a longer one
 * cut between sentences. Text and Markdown: a passage is exactly `source.slice(start, end)`. Rows of a table stand for themselves
 * and are put together only while they fit. Nothing overlaps.
 */
export function chunked(source: string, format: Format, maxChars: number = MAX_CHUNK_CHARS): Chunk[] {
  const own = format === 'text' || format === 'markdown';
  const chunks: Chunk[] = [];
  let open: { texts: string[]; start: number; end: number; chars: number; headings: readonly string[] } | null = null;
  const close = (): void => {
    if (open === null) return;
    const { start, end, headings, texts } = open;
    chunks.push({ text: own ? source.slice(start, end) : texts.join('\n'), start, end, headings });
    open = null;
  };
  for (const block of FORMATS[format](source).flatMap((whole) => piecesOf(whole, maxChars))) {
    const { text, start, end, headings } = block;
    const chars: number = open === null ? text.length : own ? end - open.start : open.chars + 1 + text.length;
    if (open !== null && open.headings === headings && chars <= maxChars) {
      open.texts.push(text);
      open.end = end;
      open.chars = chars;
    } else {
      close();
      open = { texts: [text], start, end, chars: text.length, headings };
    }
  }
  close();
  return chunks;
}
