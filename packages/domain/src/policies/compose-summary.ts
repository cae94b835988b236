import type { ComposePolicy } from '@parley/contracts/policies/compose';

/** Which steps a call is answered from, and which of them it can do without. */
export function composeSummary({ steps }: ComposePolicy): string {
  const named = steps.slice(0, 4).map(({ name, upstream }) => `${name} (${upstream})`);
  const more = steps.length > 4 ? ` and ${steps.length - 4} more` : '';
  const optional = steps.filter(({ required }) => !required).map(({ name }) => name);
  const without = optional.length === 0 ? '' : ` It does without ${optional.join(', ')} where they fail.`;
  const count = steps.length === 1 ? 'one step' : `${steps.length} steps`;
  return `Answered from ${count}: ${named.join(', ')}${more}.${without}`;
}
