import { PAGE, type PdfText, pdfFile, textWidth } from './pdf-file.ts';
import type { InvoiceWords } from './words.ts';

const MARGIN = 50;
const RIGHT = PAGE.width - MARGIN;
const QUANTITY_END = RIGHT - 110;
const WHAT_WIDTH = QUANTITY_END - MARGIN - 130;

/** Text broken into rows that fit a width, line by line; a word that does not fit is cut. */
function rowsOf(text: string, size: number, width: number): string[] {
  return text.split('\n').flatMap((line) => rowsOfLine(line, size, width));
}

function rowsOfLine(text: string, size: number, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(/\s+/)) {
    const longer = row === '' ? word : `${row} ${word}`;
    if (textWidth(longer, size) <= width) {
      row = longer;
      continue;
    }
    if (row !== '') rows.push(row);
    row = word;
    while (textWidth(row, size) > width) {
      let fits = row.length - 1;
      while (fits > 1 && textWidth(row.slice(0, fits), size) > width) fits -= 1;
      rows.push(row.slice(0, fits));
      row = row.slice(fits);
    }
  }
  return row === '' ? rows : [...rows, row];
}

/** Lays text on pages from the top; a new page where it does not fit. */
class Pages {
  readonly all: PdfText[][] = [[]];
  #y = PAGE.height - MARGIN;

  /** Room for so many points below, on this page or the next. */
  room(points: number): void {
    if (this.#y - points > MARGIN + 20) return;
    this.all.push([]);
    this.#y = PAGE.height - MARGIN;
  }

  put(text: Omit<PdfText, 'y'>): void {
    this.all.at(-1)?.push({ ...text, y: this.#y });
  }

  down(points: number): void {
    this.#y -= points;
  }
}

/** An invoice as a PDF file: A4, as many pages as its lines need; the same words give the same bytes. */
export function invoicePdf(words: InvoiceWords, hash: string): Uint8Array {
  const pages = new Pages();
  pages.put({ x: MARGIN, size: 20, text: words.title, bold: true });
  pages.down(34);
  for (const [label, value] of words.facts) {
    pages.put({ x: MARGIN, size: 10, text: label });
    for (const row of rowsOf(value, 10, RIGHT - MARGIN - 60)) {
      pages.room(15);
      pages.put({ x: MARGIN + 60, size: 10, text: row });
      pages.down(15);
    }
  }
  pages.down(20);
  pages.put({ x: MARGIN, size: 9, text: 'What' });
  pages.put({ x: QUANTITY_END, size: 9, text: 'Quantity', right: true });
  pages.put({ x: RIGHT, size: 9, text: 'Amount', right: true });
  pages.down(18);
  for (const { what, where, quantity, amount } of words.lines) {
    const whatRows = rowsOf(what, 10, WHAT_WIDTH);
    const whereRows = rowsOf(where, 8, WHAT_WIDTH);
    pages.room(whatRows.length * 13 + whereRows.length * 11 + 6);
    pages.put({ x: QUANTITY_END, size: 9, text: quantity, right: true });
    pages.put({ x: RIGHT, size: 9, text: amount, right: true });
    for (const row of whatRows) {
      pages.put({ x: MARGIN, size: 10, text: row });
      pages.down(13);
    }
    for (const row of whereRows) {
      pages.put({ x: MARGIN, size: 8, text: row });
      pages.down(11);
    }
    pages.down(6);
  }
  pages.room(words.sums.length * 16 + 20);
  pages.down(10);
  for (const [label, value] of words.sums) {
    const bold = label === 'Total' || label === 'Due';
    pages.put({ x: QUANTITY_END - 80, size: 10, text: label, bold });
    pages.put({ x: RIGHT, size: 10, text: value, bold, right: true });
    pages.down(16);
  }
  for (const note of words.notes) {
    pages.down(6);
    for (const row of rowsOf(note, 9, RIGHT - MARGIN)) {
      pages.room(13);
      pages.put({ x: MARGIN, size: 9, text: row });
      pages.down(13);
    }
  }
  const last = pages.all.length;
  const footed = pages.all.map((page, at) => [
    ...page,
    { x: MARGIN, y: MARGIN - 15, size: 7, text: `SHA-256 ${hash}` },
    { x: RIGHT, y: MARGIN - 15, size: 7, text: `Page ${at + 1} of ${last}`, right: true },
  ]);
  return pdfFile(words.title, footed);
}
