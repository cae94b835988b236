import type { RouterOutputs } from '@/trpc/root.ts';

export type Report = RouterOutputs['costs']['report'];
export type CostRow = Report['rows'][number];

export const SPLIT_WORDS = {
  api: 'API',
  model: 'Model',
  application: 'Application',
  key: 'Key',
  team: 'Team',
  consumer: 'Customer',
  endUser: 'End user',
  tag: 'Tag',
} as const;
export type Split = keyof typeof SPLIT_WORDS;

export function isSplit(text: string): text is Split {
  return Object.hasOwn(SPLIT_WORDS, text);
}

const NONE: Readonly<Record<Split, string>> = {
  api: 'No API',
  model: 'No model',
  application: 'No application',
  key: 'No key',
  team: 'No team of ours',
  consumer: 'Nobody',
  endUser: 'No end user',
  tag: 'Without it, or not kept apart',
};

/** What a group is called. */
export function rowName(split: Split, { key, name }: Pick<CostRow, 'key' | 'name'>): string {
  if (key === '*') return 'Not kept apart: too many values in an hour';
  if (key === '') return NONE[split];
  return name?.name ?? (split === 'model' ? key : `Deleted (…${key.slice(-8)})`);
}

/** Cost in one currency, in nano-units. */
export function costIn(costs: Report['total']['costs'], currency: string): bigint {
  return BigInt(costs.find((cost) => cost.currency === currency)?.nano ?? '0');
}
