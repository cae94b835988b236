import type { Block } from './block.ts';

interface Row {
  readonly cells: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** The sign between cells: of comma, semicolon and tab the one the first line has most of. */
function delimiterOf(source: string): string {
  const line = source.slice(0, 10_000).split('\n', 1)[0] ?? '';
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: line.split(sign).length }));
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).sign;
}

/** Rows by RFC 4180: a cell in quotes may hold anything, two quotes stand for one. What is not so is read as it stands. */
function* rowsOf(source: string): Generator<Row> {
  const delimiter = delimiterOf(source);
  let start = 0;
  let cells: string[] = [];
  let at = 0;
  while (at <= source.length) {
    const cell: string[] = [];
    if (source[at] === '"') {
      let closed = at;
      do {
        const from: number = closed + 1;
        closed = source.indexOf('"', from);
        if (closed < 0) closed = source.length;
        cell.push(source.slice(from, closed));
        closed++;
      } while (source[closed] === '"' && cell.push('"') > 0);
      at = Math.min(closed, source.length);
    }
    const from = at;
    while (at < source.length && source[at] !== delimiter && source[at] !== '\n') at++;
    cell.push(source.slice(from, at));
    cells.push(cell.join('').trim());
    if (source[at] === delimiter) {
      at++;
      continue;
    }
    const end = source[at - 1] === '\r' ? at - 1 : at;
    if (end > start) yield { cells, start, end };
    cells = [];
    at++;
    start = at;
  }
}

/**
 * Rows of a table as sentences a reader can understand without it: `name: value` for each cell that holds something. The first
 * row names the columns. A row is cited whole.
 */
export function csvBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  let names: readonly string[] | null = null;
  for (const { cells, start, end } of rowsOf(source)) {
    if (names === null) {
      names = cells;
      continue;
    }
    const told = cells.flatMap((cell, at) => (cell === '' ? [] : [`${names?.[at] || `column ${at + 1}`}: ${cell}`]));
    if (told.length > 0) blocks.push({ text: told.join('; '), start, end, headings: [], places: null });
  }
  return blocks;
}
