import type { SplitPolicy } from '@parley/contracts/policies/split';

const percent = (basisPoints: number): string => `${basisPoints / 100} %`;

const BY: Readonly<Record<SplitPolicy['by']['on'], string>> = {
  random: 'by chance',
  header: 'by the header',
  application: 'by the application',
  cookie: 'by the cookie',
  pathParameter: 'by the path parameter',
};

/** Who gets which share of the traffic, and what is copied. */
export function splitSummary({ variants, by, conditions, mirror, canary }: SplitPolicy): string {
  const shares = variants.map(({ name, weight }) => `${name} ${percent(weight)}`).join(', ');
  const decided = `${BY[by.on]}${by.name ? ` ${by.name}` : ''}`;
  return [
    variants.length > 0 ? `Calls go to ${shares}, ${decided}.` : '',
    conditions.length > 0
      ? `${conditions.length === 1 ? 'One rule comes' : `${conditions.length} rules come`} first.`
      : '',
    canary
      ? `${canary.variant} is brought in up to ${percent(canary.steps.at(-1) ?? 0)} and taken back when it does badly.`
      : '',
    mirror ? `${percent(mirror.share)} are copied to ${mirror.upstream}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
