import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText, type InvoiceDocument, payable } from './document.ts';
import { invoiceHtml } from './html.ts';
import { invoicePdf } from './pdf.ts';
import { type PdfText, pdfFile, textWidth } from './pdf-file.ts';
import { amountText, invoiceWords } from './words.ts';

const line = {
  subscriptionId: 's1',
  period: '2026-11',
  line: 'usage/calls/1',
  quantity: '12345',
  amountNano: '12345678901',
  rated: { kind: 'usage', name: 'Calls (all)', included: '1000' },
  adjusts: null,
};
const document: InvoiceDocument = {
  number: 12,
  period: '2026-11',
  currency: 'EUR',
  parties: {
    publisher: { slug: 'maps', name: 'Maps & Söhne <b>' },
    customer: { slug: 'shop', name: 'Łódź „Shop“ €' },
    subscriptions: { s1: 'Tiles, plan Pro, for Web' },
  },
  lines: [line, { ...line, period: '2026-10', amountNano: '-2000000000', adjusts: 11 }],
  subtotalNano: 10_345_678_901n,
  creditNano: 345_000_000n,
  roundingNano: -678_901n,
  taxNano: 0n,
  totalNano: 10_000_000_000n,
  issuedAt: '2026-12-02T00:00:00.000Z',
  dueAt: '2026-12-16T00:00:00.000Z',
};
const open = { state: 'open', amountPaidNano: 4_000_000_000n, creditedNano: 0n, creditNotes: [] };

test('amounts show every digit there is, grouped, with at least two decimals', () => {
  expect([0n, 5n, 1_500_000_000n, -1_234_567_000_000_000n].map(amountText)).toEqual([
    '0.00',
    '0.000000005',
    '1.50',
    '-1,234,567.00',
  ]);
});

test('what is payable is rounded once to the smallest coin of the currency', () => {
  expect(payable(12_345_000_000n, 'EUR')).toBe(12_350_000_000n);
  expect(payable(12_344_999_999n, 'USD')).toBe(12_340_000_000n);
  expect(payable(1_499_999_999n, 'JPY')).toBe(1_000_000_000n);
  expect(payable(1_234_500_000n, 'KWD')).toBe(1_235_000_000n);
});

test('an invoice says what was used, what corrects which invoice, what credit paid, and what is due', () => {
  const words = invoiceWords(document, open);
  expect(words.title).toBe('Invoice INV-00012');
  expect(words.lines.map(({ what, quantity, amount }) => [what, quantity, amount])).toEqual([
    ['Calls (all)', '12,345 (1,000 included)', '12.345678901'],
    ['Correction of October 2026, INV-00011: Calls (all)', '12,345', '-2.00'],
  ]);
  expect(words.sums).toEqual([
    ['Subtotal', '10.345678901 EUR'],
    ['Paid by credit', '-0.345 EUR'],
    ['Rounding', '-0.000678901 EUR'],
    ['Total', '10.00 EUR'],
    ['Paid', '-4.00 EUR'],
    ['Due', '6.00 EUR'],
  ]);
});

describe('an invoice with details and tax', () => {
  const tax = { name: 'USt', ppm: 190_000, country: 'DE', region: '', reason: '', baseNano: '10000000000' };
  const details = { legalName: 'Maps & Söhne GmbH', address: 'Weg 1\n10115 Berlin', country: 'DE', region: '' };
  const taxed: InvoiceDocument = {
    ...document,
    parties: {
      ...document.parties,
      publisher: {
        ...document.parties.publisher,
        details: { ...details, taxId: 'DE123', email: '', paymentDetails: 'IBAN DE00', footer: 'HRB 1' },
      },
    },
    taxNano: 1_900_000_000n,
    totalNano: 11_900_000_000n,
    taxes: [{ ...tax, treatment: 'taxed', amountNano: '1900000000' }],
  };

  test('says who bills, the net amount, each rate, and how to pay', () => {
    const words = invoiceWords(taxed, open);
    expect(words.facts[0]).toEqual(['From', 'Maps & Söhne GmbH\nWeg 1\n10115 Berlin\nDE\nTax no. DE123']);
    expect(words.sums.slice(3, 6)).toEqual([
      ['Net', '10.00 EUR'],
      ['USt 19 %', '1.90 EUR'],
      ['Total', '11.90 EUR'],
    ]);
    expect(words.notes).toEqual(['To be paid to:\nIBAN DE00', 'HRB 1']);
    expect(invoiceHtml(words, 'abc')).toContain(
      '<dd>Maps &amp; Söhne GmbH<br>Weg 1<br>10115 Berlin<br>DE<br>Tax no. DE123</dd>',
    );
    const pdf = Buffer.from(invoicePdf(words, 'abc')).toString('latin1');
    for (const text of ['(Weg 1)', '(10115 Berlin)', '(USt 19 %)', '(IBAN DE00)', '(HRB 1)']) {
      expect(pdf).toContain(`${text} Tj`);
    }
  });

  test('says why no tax is charged, once for each reason', () => {
    const none = (treatment: 'reverse_charge' | 'exempt', reason: string) => ({
      ...tax,
      treatment,
      reason,
      amountNano: '0',
    });
    const notes = (taxes: InvoiceDocument['taxes']) => invoiceWords({ ...document, taxes: taxes ?? [] }, open).notes;
    expect(notes([none('reverse_charge', ''), none('reverse_charge', '')])).toEqual([
      'Reverse charge: the recipient accounts for the tax.',
    ]);
    expect(notes([none('exempt', 'Certificate 7')])).toEqual(['Exempt from tax: Certificate 7']);
  });
});

test('names cannot become markup', () => {
  const html = invoiceHtml(invoiceWords(document, open), 'abc');
  expect(html).toContain('Maps &amp; Söhne &lt;b&gt;');
  expect(html).not.toContain('<b>');
});

test('the text that is hashed does not depend on the order of fields, and on everything else', () => {
  const turned = Object.fromEntries(Object.entries(document).reverse()) as unknown as InvoiceDocument;
  expect(canonicalText(turned)).toBe(canonicalText(document));
  expect(canonicalText({ ...document, totalNano: 1n })).not.toBe(canonicalText(document));
  expect(canonicalText({ ...document, lines: [] })).not.toBe(canonicalText(document));
});

describe('the PDF', () => {
  const read = (file: Uint8Array): string => Buffer.from(file).toString('latin1');
  /** Follows the cross-reference table as a reader does: each entry must point at its object, each stream be as long as it says. */
  const check = (file: string): number => {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const [, count, table = ''] = /^xref\n0 (\d+)\n([^]*?)trailer\n/.exec(file.slice(start)) ?? [];
    const rows = table.match(/.{18} \n/g) ?? [];
    expect(rows.length).toBe(Number(count));
    rows.slice(1).forEach((row, at) => {
      expect(file.slice(Number(row.slice(0, 10))).startsWith(`${at + 1} 0 obj\n`)).toBe(true);
    });
    for (const [, length, content = ''] of file.matchAll(/\/Length (\d+) >>\nstream\n([^]*?)endstream\n/g)) {
      expect(content.length).toBe(Number(length));
    }
    return [...file.matchAll(/\/Type \/Page /g)].length;
  };

  test('is a whole file, the same each time, with signs of Western Europe and marks for others', () => {
    const words = invoiceWords(document, open);
    const file = read(invoicePdf(words, 'abc'));
    expect(check(file)).toBe(1);
    expect(read(invoicePdf(words, 'abc'))).toBe(file);
    expect(file).toContain('(Calls \\(all\\)) Tj');
    expect(file).toContain('(Maps & S\u00f6hne <b>) Tj');
    expect(file).toContain('(?\u00f3d? \u0084Shop\u0093 \u0080) Tj');
  });

  test('goes on to further pages, however many lines there are', () => {
    const many = { ...document, lines: Array.from({ length: 120 }, () => line) };
    const file = read(invoicePdf(invoiceWords(many, open), 'abc'));
    expect(check(file)).toBe(6);
    expect(file).toContain('(Page 6 of 6) Tj');
  });

  test('holds any text whatever, inside the page', () => {
    const base = invoiceWords(document, open);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (what) => {
        const words = { ...base, lines: [{ what, where: what, quantity: '', amount: '1' }] };
        expect(check(read(invoicePdf(words, 'abc')))).toBe(1);
        const texts: PdfText[] = [{ x: 0, y: 0, size: 10, text: what }];
        check(read(pdfFile(what, [texts])));
      }),
      { numRuns: 30 },
    );
  });

  test('right-aligned amounts end where they should', () => {
    expect(textWidth('1,234.50', 10)).toBeCloseTo((6 * 556 + 2 * 278) / 100);
  });
});
