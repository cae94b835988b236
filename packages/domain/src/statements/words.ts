import type { Nano } from '@parley/kernel/money';
import { amountText, type InvoiceWords, monthText } from '../invoices/words.ts';
import type { StatementDocument, StatementLine, StatementLineKind, StatementStanding } from './document.ts';

/** What each line is called. */
export const STATEMENT_WORDS: Readonly<Record<StatementLineKind, string>> = {
  charged: 'Charged',
  creditNotes: 'Credit notes and refunds',
  rounding: 'Rounding of invoices',
  corrections: 'Other corrections',
  platformShare: 'Operator’s share',
  creditGiven: 'Credit given away',
  creditReturned: 'Given credit that ran out or was taken back',
  breakage: 'Bought credit that ran out',
  writtenOff: 'Written off',
};

const STANDING_WORDS: Readonly<Record<keyof StatementStanding, string>> = {
  unbilledNano: 'used and not invoiced',
  receivableNano: 'invoiced and not paid',
  cashNano: 'paid in',
  creditNano: 'credit that customers still hold',
  owedBackNano: 'owed back to customers',
  platformShareNano: 'the operator’s share',
  taxNano: 'tax',
};

export interface StatementNames {
  readonly publisher: string;
  /** What APIs and plans are called, by id. */
  readonly called: ReadonlyMap<string, string>;
}

/** What a line is about. */
export function statementLineName(line: StatementLine, { called }: Pick<StatementNames, 'called'>): string {
  if (line.kind !== 'charged') return STATEMENT_WORDS[line.kind];
  const api = line.apiId === null ? 'No API' : (called.get(line.apiId) ?? line.apiId);
  return line.planId === null ? api : `${api}, plan ${called.get(line.planId) ?? line.planId}`;
}

/** A statement in rows of text, for the writers of invoices. */
export function statementWords(document: StatementDocument, names: StatementNames): InvoiceWords {
  const { currency, month, lines, openingNano, closingNano } = document;
  const money = (nano: Nano): string => `${amountText(nano)} ${currency}`;
  const moved = lines.reduce((sum, { amountNano }) => sum + amountNano, 0n);
  const standing = Object.entries<Nano>({ ...document.standing }).flatMap(([part, nano]) =>
    nano === 0n ? [] : [`${STANDING_WORDS[part as keyof StatementStanding]} ${money(nano)}`],
  );
  return {
    title: `Statement ${month}`,
    facts: [
      ['Of', names.publisher],
      ['For', `${monthText(month)}, by what was booked in it`],
      ['Until', document.final ? `${document.until.slice(0, 16).replace('T', ' ')} UTC` : 'Now: the month is not over'],
    ],
    lines: lines.map((line) => ({
      what: statementLineName(line, names),
      where: whereOf(line, month),
      quantity: '',
      amount: amountText(line.amountNano),
    })),
    sums: [
      ['Opening', money(openingNano)],
      ['Booked', money(moved)],
      ['Closing', money(closingNano)],
    ],
    notes: standing.length > 0 ? [`The closing balance is ${standing.join(', ')}.`] : [],
  };
}

function whereOf({ usedIn }: StatementLine, month: string): string {
  if (usedIn === null) return '';
  return usedIn === month
    ? `Used in ${monthText(usedIn)}`
    : `Used in ${monthText(usedIn)}, booked in ${monthText(month)}`;
}
