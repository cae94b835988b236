import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { readSchemaCheck } from '@parley/guard/checks/schema';
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
  problems: ({ patterns, words, judge, moderation, tools, answerSchema }) => [
    ...twice('tools', tools),
    ...unreadableSchema('answerSchema.schema', answerSchema?.schema),
    ...tools.flatMap(({ forbid, schema }, index) => [
      ...unreadableSchema(`tools.${index}.schema`, schema),
      ...forbid.flatMap((pattern, at) =>
        unreadable(`tools.${index}.forbid.${at}`, () =>
          compilePatterns([{ name: 'forbid', kind: 'pattern', pattern }]),
        ),
      ),
    ]),
    ...twice('judge.categories', judge?.categories ?? []),
    ...twice('moderation.categories', moderation?.categories ?? []),
    ...patterns.flatMap(({ name, pattern }, index) =>
      unreadable(`patterns.${index}.pattern`, () => compilePatterns([{ name, kind: 'pattern', pattern }])),
    ),
    ...twice('patterns', patterns),
    ...twice('words', words),
  ],
};

/** What a compiler says of a field it cannot read. */
function unreadable(path: string, compile: () => unknown): FieldIssue[] {
  try {
    compile();
    return [];
  } catch (error) {
    return [{ path, message: error instanceof Error ? error.message.slice(0, 300) : 'Not readable.' }];
  }
}

const unreadableSchema = (path: string, schema: string | undefined): FieldIssue[] =>
  schema === undefined ? [] : unreadable(path, () => readSchemaCheck(schema));

function twice(list: string, rules: readonly { readonly name: string }[]): FieldIssue[] {
  const names = rules.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: `${list}.${index}.name`, message: `“${name}” is taken: use another name.` }],
  );
}
