import type { BillingDetails, BillingProfile, InvoiceTax } from '@parley/contracts/billing-details';
import type { InvoiceLine } from '@parley/contracts/invoice';
import { formatAmount, type Nano } from '@parley/kernel/money';
import { creditNoteName, type InvoiceDocument, invoiceName } from './document.ts';
import { percentText } from './taxes.ts';

/** What has become of an invoice since it was issued. */
export interface InvoiceStanding {
  readonly state: string;
  readonly amountPaidNano: Nano;
  readonly creditedNano: Nano;
  readonly creditNotes: readonly { readonly number: number; readonly amountNano: Nano; readonly reason: string }[];
  /** Why it was voided or given up. */
  readonly endReason?: string;
}

/** An invoice as rows of text, for whatever it is written as. */
export interface InvoiceWords {
  readonly title: string;
  /** A value may have several lines. */
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

/** A party as a block of text: its name in law where it gave one, address, tax number and mail. */
export function partyText(party: {
  readonly name: string;
  readonly details?: BillingDetails | BillingProfile | undefined;
}): string {
  const { name, details } = party;
  if (!details) return name;
  const { legalName, address, country, region, taxId, email } = details;
  const place = [region, country].filter(Boolean).join(', ');
  const rows = [legalName || name, address, place, taxId === '' ? '' : `Tax no. ${taxId}`, email];
  return rows.filter(Boolean).join('\n');
}

/** A rate by its name: `VAT 19 %`. */
export function taxText({ name, ppm }: Pick<InvoiceTax, 'name' | 'ppm'>): string {
  return `${name} ${percentText(ppm)} %`;
}

/** Why a rate was not charged, once for each reason. */
function untaxedNotes(taxes: readonly InvoiceTax[]): string[] {
  const notes = taxes.flatMap(({ treatment, reason }) => {
    if (treatment === 'reverse_charge') return ['Reverse charge: the recipient accounts for the tax.'];
    return treatment === 'exempt' ? [`Exempt from tax: ${reason}`] : [];
  });
  return [...new Set(notes)];
}

function taxSums({ taxes, taxNano, totalNano }: InvoiceDocument): (readonly [string, Nano, boolean])[] {
  if (!taxes) return [['Tax', taxNano, taxNano !== 0n]];
  return [
    ['Net', totalNano - taxNano, true],
    ...taxes.map((tax) => [taxText(tax), BigInt(tax.amountNano), true] as const),
  ];
}

/** What a publisher's invoices say besides: how to pay, while something is due, and small print. */
export function profileNotes(profile: BillingProfile | undefined, isDue: boolean): string[] {
  if (!profile) return [];
  const { paymentDetails, footer } = profile;
  return [isDue && paymentDetails ? `To be paid to:\n${paymentDetails}` : '', footer].filter(Boolean);
}

/** Says an invoice, and what has become of it, in rows of text. */
export function invoiceWords(document: InvoiceDocument, standing: InvoiceStanding): InvoiceWords {
  const { currency, parties } = document;
  const money = (nano: Nano): string => `${amountText(nano)} ${currency}`;
  const isVoid = standing.state === 'void';
  const dueNano = isVoid ? 0n : document.totalNano - standing.amountPaidNano - standing.creditedNano;
  const sums: (readonly [string, Nano, boolean])[] = [
    ['Subtotal', document.subtotalNano, true],
    ['Paid by credit', -document.creditNano, document.creditNano > 0n],
    ['Kept as credit', -document.creditNano, document.creditNano < 0n],
    ['Rounding', document.roundingNano, document.roundingNano !== 0n],
    ...taxSums(document),
    ['Total', document.totalNano, true],
    ['Taken off by credit notes', -standing.creditedNano, standing.creditedNano > 0n],
    ['Voided', standing.creditedNano - document.totalNano, isVoid],
    ['Paid', -standing.amountPaidNano, standing.amountPaidNano > 0n],
    ['Due', dueNano, true],
  ];
  return {
    title: `Invoice ${invoiceName(document.number)}${isVoid ? ' (void)' : ''}`,
    facts: [
      ['From', partyText(parties.publisher)],
      ['To', partyText(parties.customer)],
      ['For', monthText(document.period)],
      ['Issued', document.issuedAt.slice(0, 10)],
      ['Due', dueNano === 0n ? 'Nothing is due' : document.dueAt.slice(0, 10)],
    ],
    lines: document.lines.map((line) => lineWords(document, line)),
    sums: sums.flatMap(([label, nano, shown]) => (shown ? [[label, money(nano)] as const] : [])),
    notes: [
      ...(isVoid ? [`This invoice is void and asks for nothing. ${standing.endReason ?? ''}`.trim()] : []),
      ...untaxedNotes(document.taxes ?? []),
      ...standing.creditNotes.map(
        (note) =>
          `Credit note ${creditNoteName(note.number)}: ${money(note.amountNano)}${note.reason ? `. ${note.reason}` : ''}`,
      ),
      ...profileNotes(parties.publisher.details, dueNano > 0n),
    ],
  };
}
