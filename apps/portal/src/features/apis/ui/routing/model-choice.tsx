import { clsx } from 'clsx';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Choice = NonNullable<RouterOutputs['apis']['explain']['choice']>;

/** The models behind a name in the order a call would ask them, then those that are left out; each with why. */
export function ModelChoice({ choice }: { choice: Choice }) {
  const models = [...choice.models].sort((a, b) => (a.place ?? 1000) - (b.place ?? 1000));
  return (
    <section aria-label={`Models for ${choice.name}`} className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">“{choice.name}” is asked of</h3>
      <ol className="flex flex-col gap-2">
        {models.map(({ model, place, why }, at) => (
          <li
            key={at}
            className={clsx('flex gap-3 rounded-md border p-3', place === 1 && 'border-accent bg-accent-soft')}
          >
            <span
              className={clsx(
                'flex h-6 shrink-0 items-center rounded-full px-2 font-medium text-xs tabular-nums',
                place === 1
                  ? 'bg-accent text-on-accent'
                  : place === null
                    ? 'bg-hover text-muted'
                    : 'bg-info-soft text-info-text',
              )}
            >
              {place === null ? 'not asked' : place === 1 ? 'first' : `${place}.`}
            </span>
            <div className="min-w-0 text-sm">
              <p className="break-words font-mono">{model}</p>
              <p className="break-words text-muted text-xs">{why}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
