import type { InvoiceLine } from '@parley/contracts/invoice';
import { formatAmount, type Nano } from '@parley/kernel/money';
import { creditNoteName, type InvoiceDocument, invoiceName } from './document.ts';

/** What has become of an invoice since it was issued. */
export interface InvoiceStanding {
  readonly state: string;
  readonly amountPaidNano: Nano;
  readonly creditedNano: Nano;
  readonly creditNotes: readonly { readonly number: number; readonly amountNano: Nano; readonly reason: string }[];
}

/** An invoice as rows of text, for whatever it is written as. */
export interface InvoiceWords {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly lines: readonly {
    readonly what: string;
    readonly where: string;
    readonly quantity: string;
    readonly amount: string;
  }[];
  readonly sums: readonly (readonly [label: string, value: string])[];
  readonly notes: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = {
  recurring: 'Monthly fee',
  minimum: 'Up to the monthly minimum',
  trial: 'Trial',
};

/** Whole units with at least two decimals, every digit that there is: `1,234.50`. */
export function amountText(nano: Nano): string {
  const [whole = '0', fraction = ''] = formatAmount(nano < 0n ? -nano : nano).split('.');
  return `${nano < 0n ? '-' : ''}${grouped(whole)}.${fraction.padEnd(2, '0')}`;
}

const grouped = (digits: string): string => digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** `2026-11` → `November 2026`. */
export function monthText(period: string): string {
  const format = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(Date.parse(`${period}-01T00:00:00Z`));
}

function lineName({ line, rated }: InvoiceLine): string {
  const { name, kind } = rated;
  if (typeof name === 'string' && name !== '') return name;
  return (typeof kind === 'string' ? KINDS[kind] : undefined) ?? line;
}

function lineWords(document: InvoiceDocument, line: InvoiceLine): InvoiceWords['lines'][number] {
  const subscription = document.parties.subscriptions[line.subscriptionId] ?? line.subscriptionId;
  const included = line.rated['included'];
  const counted = line.quantity === '0' ? '' : grouped(line.quantity);
  const free = typeof included === 'string' && included !== '0' && counted !== '' && line.period === document.period;
  const of = line.adjusts === null ? monthText(line.period) : `${monthText(line.period)}, ${invoiceName(line.adjusts)}`;
  return {
    what: line.period === document.period ? lineName(line) : `Correction of ${of}: ${lineName(line)}`,
    where: subscription,
    quantity: free ? `${counted} (${grouped(included)} included)` : counted,
    amount: amountText(BigInt(line.amountNano)),
  };
}

/** Says an invoice, and what has become of it, in rows of text. */
export function invoiceWords(document: InvoiceDocument, standing: InvoiceStanding): InvoiceWords {
  const { currency, parties } = document;
  const money = (nano: Nano): string => `${amountText(nano)} ${currency}`;
  const dueNano = document.totalNano - standing.amountPaidNano - standing.creditedNano;
  const sums: (readonly [string, Nano, boolean])[] = [
    ['Subtotal', document.subtotalNano, true],
    ['Paid by credit', -document.creditNano, document.creditNano > 0n],
    ['Kept as credit', -document.creditNano, document.creditNano < 0n],
    ['Rounding', document.roundingNano, document.roundingNano !== 0n],
    ['Tax', document.taxNano, document.taxNano !== 0n],
    ['Total', document.totalNano, true],
    ['Taken off by credit notes', -standing.creditedNano, standing.creditedNano > 0n],
    ['Paid', -standing.amountPaidNano, standing.amountPaidNano > 0n],
    ['Due', dueNano, true],
  ];
  return {
    title: `Invoice ${invoiceName(document.number)}`,
    facts: [
      ['From', parties.publisher.name],
      ['To', parties.customer.name],
      ['For', monthText(document.period)],
      ['Issued', document.issuedAt.slice(0, 10)],
      ['Due', dueNano === 0n ? 'Nothing is due' : document.dueAt.slice(0, 10)],
    ],
    lines: document.lines.map((line) => lineWords(document, line)),
    sums: sums.flatMap(([label, nano, shown]) => (shown ? [[label, money(nano)] as const] : [])),
    notes: standing.creditNotes.map(
      (note) =>
        `Credit note ${creditNoteName(note.number)}: ${money(note.amountNano)}${note.reason ? `. ${note.reason}` : ''}`,
    ),
  };
}
