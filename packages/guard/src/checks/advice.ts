import type { JudgePolicy, ModerationPolicy } from '@parley/contracts/policies/guardrail-models';
import type { GuardPlace } from '@parley/contracts/policies/guardrails';
import type { GuardFinding } from '../verdict.ts';

/** What a model scored a text with, 0 to 1 by category. */
export type Scores = Readonly<Record<string, number>>;
type Finding = Omit<GuardFinding, 'count'>;

/** What scores mean under a policy. */
export interface AdviceRules {
  readonly check: 'judge' | 'moderation';
  /** When a category counts and what follows; `null` for one that is left out. */
  readonly rule: (category: string) => { readonly threshold: number; readonly mode: 'observe' | 'block' } | null;
  readonly onFailure: 'block' | 'pass';
}

const WHO = { judge: 'The judging model', moderation: 'The moderation model' } as const;

export const judgeRules = ({ threshold, mode, onFailure }: JudgePolicy): AdviceRules => ({
  check: 'judge',
  rule: () => ({ threshold, mode }),
  onFailure,
});

export function moderationRules({ threshold, mode, categories, onFailure }: ModerationPolicy): AdviceRules {
  const own = new Map(categories.map((category) => [category.name, category]));
  return {
    check: 'moderation',
    rule: (name) => {
      const category = own.get(name);
      if (category?.mode === 'ignore') return null;
      return { threshold: category?.threshold ?? threshold, mode: category?.mode ?? mode };
    },
    onFailure,
  };
}

/** What follows from a text's scores. Names of categories are cut to what logs may hold: a provider makes them up. */
export function adviceFindings({ check, rule }: AdviceRules, place: GuardPlace, scores: Scores): Finding[] {
  return Object.entries(scores).flatMap(([category, score]): Finding[] => {
    const counts = rule(category);
    if (counts === null || score < counts.threshold) return [];
    const name = category.slice(0, 60).replace(/[^\w/-]/g, '_');
    const reason = `${WHO[check]} scores it ${score.toFixed(2)} for ${name}; ${counts.threshold.toFixed(2)} counts.`;
    return [{ check, rule: name, kind: check, place, mode: counts.mode, score: Math.min(1, score), reason }];
  });
}

/** What follows where a model could not be asked about a text, or not about all of it. */
export function adviceFailure({ check, onFailure }: AdviceRules, place: GuardPlace, why: string): Finding {
  const mode = onFailure === 'block' ? 'block' : 'observe';
  return { check: 'failure', rule: check, kind: 'failure', place, mode, score: 1, reason: `${WHO[check]} ${why}` };
}
