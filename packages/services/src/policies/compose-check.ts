import type { ComposePolicy, ComposeStep } from '@parley/contracts/policies/compose';
import { STEP_LANGUAGE, stepsBefore } from '@parley/domain/mapping/composition';
import { pathTemplateProblem } from '@parley/domain/mapping/template';
import type { FieldIssue } from '@parley/kernel/fault';
import type { PolicyCheck } from './checks.ts';
import { issue, mappingIssue, templateIssues } from './transform-check.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function stepIssues(step: ComposeStep, path: string, steps: ReadonlySet<string>): FieldIssue[] {
  const compiled = step.when.trim() === '' ? null : STEP_LANGUAGE.compile(step.when, 'bool');
  const when = compiled?.ok === false ? `Line ${compiled.line}, column ${compiled.column}: ${compiled.message}` : null;
  return [
    ...issue(`${path}.path`, pathTemplateProblem(step.path, { steps })),
    ...mappingIssue(`${path}.body`, step.body),
    ...templateIssues(`${path}.headers`, step.headers, { steps }),
    ...issue(`${path}.when`, when),
    ...issue(`${path}.fallback`, isJson(step.fallback) ? null : 'Write JSON: null, or what its body would be.'),
  ];
}

/** Steps name upstreams; what they send and what is made of them has to compile. */
export const composeCheck: PolicyCheck<ComposePolicy> = {
  restOnly: 'Only routes of REST APIs can be composed.',
  answersInstead: true,
  upstreams: ({ steps }) => steps.map(({ upstream }, at) => ({ path: `steps.${at}.upstream`, upstream })),
  problems: ({ steps, answer }) => {
    const before = stepsBefore(steps);
    return [
      ...steps.flatMap((step, at) => stepIssues(step, `steps.${at}`, before.get(step.name) ?? new Set())),
      ...mappingIssue('answer', answer),
    ];
  },
};
