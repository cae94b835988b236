import type { CallIssue, Reasoning } from '../../neutral/call.ts';
import { ownEntry } from '../../object.ts';

const EFFORTS: Readonly<Record<string, Reasoning>> = {
  none: { mode: 'off' },
  minimal: { mode: 'on', effort: 'minimal' },
  low: { mode: 'on', effort: 'low' },
  medium: { mode: 'on', effort: 'medium' },
  high: { mode: 'on', effort: 'high' },
  xhigh: { mode: 'on', effort: 'max' },
  max: { mode: 'on', effort: 'max' },
};

/** OpenAI's word for how much to think, in both of its protocols; an issue for a word nobody knows. `undefined` for none. */
export function readEffort(word: unknown, param: string): Reasoning | undefined | CallIssue {
  if (word === undefined || word === null) return undefined;
  const effort = typeof word === 'string' ? ownEntry(EFFORTS, word) : undefined;
  if (effort !== undefined) return effort;
  return { malformed: false, param, message: `\`${param}\` must be one of ${Object.keys(EFFORTS).join(', ')}.` };
}

/** Where a number of tokens to think stands among the words OpenAI has for it. */
const EFFORT_UP_TO = [
  [2048, 'low'],
  [8192, 'medium'],
] as const;

/** The word for what a call asks; `undefined` where it asks for nothing in particular. */
export function writeEffort({ mode, effort, budgetTokens }: Reasoning): string | undefined {
  if (mode === 'off') return 'none';
  if (effort !== undefined) return effort === 'max' ? 'xhigh' : effort;
  if (budgetTokens === undefined) return undefined;
  return EFFORT_UP_TO.find(([tokens]) => budgetTokens <= tokens)?.[1] ?? 'high';
}
