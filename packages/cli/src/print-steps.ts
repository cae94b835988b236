import type { DeclarationStep } from '@parley/contracts/declaration';

const SIGNS: Readonly<Record<DeclarationStep['action'], string>> = {
  create: '+',
  update: '~',
  move: '→',
  request: '?',
  remove: '-',
};

/** The steps as lines for people: a sign, kind, name, then each changed field. */
export function printSteps(steps: readonly DeclarationStep[]): string {
  if (steps.length === 0) return 'Nothing to do: the tenant is as the file says.\n';
  const lines: string[] = [];
  for (const step of steps) {
    lines.push(`${SIGNS[step.action]} ${step.kind} ${step.name}`);
    if (step.action === 'create') continue;
    for (const change of step.changes)
      lines.push(`    ${change.field}: ${change.from ?? '(none)'} → ${change.to ?? '(none)'}`);
  }
  return `${lines.join('\n')}\n`;
}
