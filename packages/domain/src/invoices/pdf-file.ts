/** Widths of Helvetica's signs from space to tilde, in thousandths of the size (Adobe's AFM). */
const WIDTHS =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
    .split(' ')
    .map(Number);

/** Signs of Windows-1252 that are not where Unicode has them; the standard fonts have no others beyond Latin-1. */
const WIN_ANSI: ReadonlyMap<string, number> = new Map([
  ...Array.from('€‚ƒ„…†‡ˆ‰Š‹Œ', (sign, at): [string, number] => [sign, 0x80 + at + (at > 0 ? 1 : 0)]),
  ...Array.from('‘’“”•–—˜™š›œ', (sign, at): [string, number] => [sign, 0x91 + at]),
]);

/** A text in bytes of WinAnsiEncoding (as Latin-1 signs); what it does not have becomes a question mark. */
function encoded(text: string): string {
  return Array.from(text.normalize('NFC'), (sign) => {
    const code = WIN_ANSI.get(sign) ?? sign.codePointAt(0) ?? 63;
    const known = (code >= 32 && code < 127) || (code >= 160 && code < 256) || WIN_ANSI.has(sign);
    return known ? String.fromCharCode(code) : '?';
  }).join('');
}

/** How wide a text is in Helvetica of a size, in points. */
export function textWidth(text: string, size: number): number {
  return (
    Array.from(text).reduce((sum, sign) => sum + (WIDTHS[(sign.codePointAt(0) ?? 0) - 32] ?? 556), 0) * (size / 1000)
  );
}

export interface PdfText {
  /** Points from the left; where `right` is true, of the text's end. */
  readonly x: number;
  /** Points from the bottom. */
  readonly y: number;
  readonly size: number;
  readonly text: string;
  readonly bold?: boolean;
  readonly right?: boolean;
}

/** A4 in points. */
export const PAGE = { width: 595, height: 842 } as const;

function drawn({ x, y, size, text, bold, right }: PdfText): string {
  const left = right ? x - textWidth(text, size) : x;
  const escaped = encoded(text).replaceAll(/[\\()]/g, (sign) => `\\${sign}`);
  return `BT /${bold ? 'B' : 'R'} ${size} Tf ${left.toFixed(2)} ${y.toFixed(2)} Td (${escaped}) Tj ET\n`;
}

/**
 * A PDF 1.4 file (ISO 32000) of pages of text in Helvetica, which every reader has. The same pages give the same bytes: nothing in
 * it tells when it was written. Signs beyond Windows-1252 show as question marks.
 */
export function pdfFile(title: string, pages: readonly (readonly PdfText[])[]): Uint8Array {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const kids = pages.map((_page, at) => `${6 + at * 2} 0 R`).join(' ');
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  add(font('Helvetica'));
  add(font('Helvetica-Bold'));
  add(`<< /Title (${encoded(title).replaceAll(/[\\()]/g, (sign) => `\\${sign}`)}) >>`);
  for (const [at, page] of pages.entries()) {
    const content = page.map(drawn).join('');
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources << /Font << /R 3 0 R /B 4 0 R >> >> /Contents ${7 + at * 2} 0 R >>`,
    );
    add(`<< /Length ${content.length} >>\nstream\n${content}endstream`);
  }
  let file = '%PDF-1.4\n%âãÏÓ\n';
  const offsets = objects.map((body, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const table = offsets.map((offset) => `${offset.toString().padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(file, (sign) => sign.charCodeAt(0));
}
