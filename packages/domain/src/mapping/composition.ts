import { CelLanguage } from '../expressions/cel.ts';
import type { CelValue } from '../expressions/cel-value.ts';
import { REQUEST_VARIABLES } from '../expressions/request-variables.ts';
import type { StepFacts } from './facts.ts';

interface Named {
  readonly name: string;
  readonly after: readonly string[];
}

/** For each step, those it waits for, directly or by others: it may use what they answered. */
export function stepsBefore(steps: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, Set<string>>();
  for (const { name, after } of steps) {
    before.set(name, new Set(after.flatMap((other) => [other, ...(before.get(other) ?? [])])));
  }
  return before;
}

/** Conditions of steps: on the call, its JSON body, and what other steps answered. */
export const STEP_LANGUAGE = new CelLanguage({
  ...Object.fromEntries(Object.entries(REQUEST_VARIABLES).filter(([name]) => name !== 'request.cookies')),
  steps: 'dyn',
});

/** Reads a variable of {@link STEP_LANGUAGE}; `body` is the caller's, parsed. */
export function stepVariable(facts: StepFacts, body: unknown, name: string): CelValue {
  if (name === 'request.body') return body;
  const [thing, field] = name.split('.');
  const owner: unknown = facts[thing as keyof StepFacts];
  if (field === undefined) return owner;
  if (typeof owner !== 'object' || owner === null || !Object.hasOwn(owner, field)) return undefined;
  return (owner as Record<string, CelValue>)[field];
}
