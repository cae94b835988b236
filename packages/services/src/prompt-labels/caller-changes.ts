import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';

const isNeeded = ({ required, default: preset }: PromptVariable): boolean => required && preset === undefined;

/** What callers of a prompt notice when another version takes its place: in words, empty when nothing. */
export function callerChanges(before: PromptDefinition, after: PromptDefinition): string[] {
  const old = new Map(before.variables.map((variable) => [variable.name, variable]));
  const found: string[] = [];
  for (const variable of after.variables) {
    const { name, type } = variable;
    const had = old.get(name);
    old.delete(name);
    if (isNeeded(variable) && !(had && isNeeded(had))) found.push(`“${name}” has to be sent now.`);
    if (had && had.type !== type) found.push(`“${name}” is ${type} now, and was ${had.type}.`);
  }
  for (const name of old.keys()) found.push(`“${name}” is refused now.`);
  if (before.output.kind !== after.output.kind) {
    found.push(after.output.kind === 'json' ? 'The output is JSON now.' : 'The output is text now.');
  }
  return found;
}
