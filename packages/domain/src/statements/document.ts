import type { Nano } from '@parley/kernel/money';

/** What moves a publisher's earnings in a month, in the order in which statements say it. */
export const STATEMENT_LINES = [
  'charged',
  'creditNotes',
  'rounding',
  'corrections',
  'platformShare',
  'creditGiven',
  'creditReturned',
  'breakage',
  'writtenOff',
] as const;
export type StatementLineKind = (typeof STATEMENT_LINES)[number];

export interface StatementLine {
  readonly kind: StatementLineKind;
  /** Of what was charged: the month it was used in, `2026-10`; one before the statement's was rated late. */
  readonly usedIn: string | null;
  readonly apiId: string | null;
  readonly planId: string | null;
  /** Above zero: for the publisher. */
  readonly amountNano: Nano;
}

/** Where the earnings stand at the statement's end; what is owed to others is below zero. Sums to the closing balance. */
export interface StatementStanding {
  readonly unbilledNano: Nano;
  readonly receivableNano: Nano;
  readonly cashNano: Nano;
  readonly creditNano: Nano;
  readonly owedBackNano: Nano;
  readonly platformShareNano: Nano;
  readonly taxNano: Nano;
}

/** What a publisher earned in a month, by what was booked in it. */
export interface StatementDocument {
  /** The publisher's month, `2026-11`. */
  readonly month: string;
  readonly currency: string;
  /** Up to when bookings are in it (ISO 8601). */
  readonly until: string;
  /** The month is over, and nothing is booked into it any more. */
  readonly final: boolean;
  readonly openingNano: Nano;
  readonly lines: readonly StatementLine[];
  readonly closingNano: Nano;
  readonly standing: StatementStanding;
}

/** One text for the same figures, whatever things are called by now: its SHA-256 is the statement's hash. */
export function statementText(document: StatementDocument): string {
  const { month, currency, openingNano, closingNano } = document;
  const lines = document.lines.map(({ kind, usedIn, apiId, planId, amountNano }) => [
    kind,
    usedIn,
    apiId,
    planId,
    amountNano.toString(),
  ]);
  return JSON.stringify([month, currency, openingNano.toString(), lines, closingNano.toString()]);
}

/** Opening balance and lines give the closing balance, and so does where it stands. */
export function statementTies({ openingNano, lines, closingNano, standing }: StatementDocument): boolean {
  const moved = lines.reduce((sum, { amountNano }) => sum + amountNano, 0n);
  const stands = Object.values<Nano>({ ...standing }).reduce((sum, amountNano) => sum + amountNano, 0n);
  return openingNano + moved === closingNano && stands === closingNano;
}
