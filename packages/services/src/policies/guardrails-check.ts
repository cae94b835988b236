import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { compilePatterns } from '@parley/guard/scan/patterns';
import type { FieldIssue } from '@parley/kernel/fault';
import type { PolicyCheck } from './checks.ts';

/** Patterns that RE2 does not read, and names that two rules share. */
export const guardrailsCheck: PolicyCheck<GuardrailsPolicy> = {
  modelsOnly: 'Only APIs that ask models have guardrails: shield looks after others.',
  models: ({ judge, moderation }) => [
    ...(judge ? [{ path: 'judge.model', model: judge.model }] : []),
    ...(moderation ? [{ path: 'moderation.model', model: moderation.model }] : []),
  ],
  problems: ({ patterns, words, judge, moderation }) => [
    ...twice('judge.categories', judge?.categories ?? []),
    ...twice('moderation.categories', moderation?.categories ?? []),
    ...patterns.flatMap(({ name, pattern }, index): FieldIssue[] => {
      try {
        compilePatterns([{ name, kind: 'pattern', pattern }]);
        return [];
      } catch (error) {
        return [
          { path: `patterns.${index}.pattern`, message: error instanceof Error ? error.message : 'Not readable.' },
        ];
      }
    }),
    ...twice('patterns', patterns),
    ...twice('words', words),
  ],
};

function twice(list: string, rules: readonly { readonly name: string }[]): FieldIssue[] {
  const names = rules.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: `${list}.${index}.name`, message: `“${name}” is taken: use another name.` }],
  );
}
