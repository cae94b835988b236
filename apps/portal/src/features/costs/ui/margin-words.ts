import type { RouterOutputs } from '@/trpc/root.ts';

export type Margin = RouterOutputs['costs']['margin'];
export type MarginRow = Margin['rows'][number];

export const MARGIN_SPLITS = { api: 'API', plan: 'Plan', customer: 'Customer', model: 'Model' } as const;
export type MarginSplit = keyof typeof MARGIN_SPLITS;

export function isMarginSplit(text: string): text is MarginSplit {
  return Object.hasOwn(MARGIN_SPLITS, text);
}

/** Lines that belong to no single group. */
const LINES: Readonly<Record<Exclude<MarginRow['line'], 'group'>, string>> = {
  fees: 'Monthly fees',
  minimum: 'Up to monthly minimums',
  severalModels: 'Charged by rules for several models',
  creditNotes: 'Credit notes and refunds',
  rounding: 'Rounding on invoices',
  corrections: 'Other corrections',
  platformShare: 'The operator’s share',
  gifts: 'Credit given away',
  breakage: 'Bought credit that ran out',
  writtenOff: 'Written off',
  rest: 'Others',
};

const NONE: Readonly<Record<MarginSplit, string>> = {
  api: 'No API',
  plan: 'Without a plan',
  customer: 'Nobody',
  model: 'No model',
};

/** What a line is called; `own` is the open tenant’s id. */
export function marginName(by: MarginSplit, { line, key, name }: MarginRow, own: string): string {
  if (line !== 'group') return LINES[line];
  if (key === '') return NONE[by];
  if (by === 'customer' && key === own) return 'Our own use';
  return name?.name ?? (by === 'model' ? key : `Deleted (…${key.slice(-8)})`);
}

/** Margin as a part of revenue, 1 = all of it; `null` where nothing was charged. */
export function marginShare({ revenueNano, marginNano }: Pick<MarginRow, 'revenueNano' | 'marginNano'>): number | null {
  const revenue = Number(BigInt(revenueNano));
  return revenue > 0 ? Number(BigInt(marginNano)) / revenue : null;
}
