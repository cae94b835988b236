import type { ExperimentPolicy, ExperimentVariant } from '@parley/contracts/policies/experiment';

const BY: Readonly<Record<ExperimentPolicy['by']['on'], string>> = {
  application: 'by the application',
  header: 'by the header',
  variable: 'by the variable',
  random: 'by chance',
};

function what({ promptVersion, label, model }: ExperimentVariant): string {
  const version = promptVersion !== undefined ? `version ${promptVersion}` : label;
  return [version, model].filter(Boolean).join(' with ') || 'as served';
}

/** What is tried against what, and what decides. */
export function experimentSummary({ variants, by }: ExperimentPolicy): string {
  const shares = variants.map((one) => `${one.name} (${what(one)}) ${one.weight / 100} %`).join(', ');
  return `Calls go to ${shares}, ${BY[by.on]}${by.name ? ` ${by.name}` : ''}.`;
}
