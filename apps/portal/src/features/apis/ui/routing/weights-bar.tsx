import { clsx } from 'clsx';
import type { Fields } from '@/schema-form/schema-node.ts';
import { sharesOf, textIn } from './routing-draft.ts';

const COLOURS = [
  'bg-chart-1',
  'bg-chart-2',
  'bg-chart-3',
  'bg-chart-4',
  'bg-chart-5',
  'bg-chart-6',
  'bg-chart-7',
  'bg-chart-8',
];

/** Which share of the calls begins with which model, as a bar and in words. */
export function WeightsBar({ targets }: { targets: readonly Fields[] }) {
  const shares = sharesOf(targets);
  const named = targets.map((target, at) => ({
    name: textIn(target, 'model') || `model ${at + 1}`,
    share: shares[at] ?? 0,
    colour: COLOURS[at % COLOURS.length],
  }));
  if (shares.every((share) => share === 0)) return <p className="text-muted text-sm">No model has a weight yet.</p>;
  return (
    <div className="flex flex-col gap-2">
      <div aria-hidden className="flex h-3 w-full gap-px overflow-hidden rounded-full bg-sunken">
        {named.map(
          ({ share, colour }, at) => share > 0 && <span key={at} className={colour} style={{ width: `${share}%` }} />,
        )}
      </div>
      <ul aria-label="Share of the calls" className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {named.map(({ name, share, colour }, at) => (
          <li key={at} className="flex items-center gap-1.5">
            <span aria-hidden className={clsx('size-2 rounded-full', colour)} />
            <span className="font-mono">{name}</span>
            <span className="text-muted tabular-nums">{share} %</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
