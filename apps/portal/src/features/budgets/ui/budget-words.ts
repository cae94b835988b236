import type { RouterOutputs } from '@/trpc/root.ts';

export type Budget = RouterOutputs['budgets']['list']['items'][number];
export type Increase = Budget['increases'][number];

export const SCOPE_WORDS: Readonly<Record<Budget['scope'], string>> = {
  tenant: 'Everything',
  team: 'Team',
  application: 'Application',
  key: 'Key',
  api: 'API',
  model: 'Model',
  endUser: 'End user',
  tag: 'Tag',
};

export const PERIOD_WORDS: Readonly<Record<Budget['period'], string>> = {
  day: 'each day',
  week: 'each week',
  month: 'each month',
  total: 'in total',
};

/** Share of the budget that is spent, 0 to 1 and beyond. */
export function shareSpent({ spentNano, effectiveNano }: Pick<Budget, 'spentNano' | 'effectiveNano'>): number {
  return Number(BigInt(spentNano)) / Number(BigInt(effectiveNano));
}

export type Standing = 'fine' | 'near' | 'over';

/** `near` from the first threshold that was told, or four fifths. */
export function standingOf(budget: Budget): Standing {
  const share = shareSpent(budget);
  if (share >= 1) return 'over';
  return share >= 0.8 || budget.alerts.length > 0 ? 'near' : 'fine';
}
