import { ArrowRight } from 'lucide-react';
import type { PathStep } from './routing-draft.ts';

/** Where a call goes, and where next when that fails. */
export function RoutingPath({ name, steps }: { name: string; steps: readonly PathStep[] }) {
  if (steps.length === 0) return <p className="text-muted text-sm">Name a model, and the way of a call shows here.</p>;
  return (
    <ol
      aria-label={`The way of a call for ${name || 'this name'}`}
      className="flex flex-wrap items-stretch gap-2 text-xs"
    >
      {steps.map(({ title, note, leads }, at) => (
        <li key={at} className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="flex min-w-0 flex-col rounded-md border bg-sunken px-3 py-2">
            <span className="break-words font-medium text-sm">{title}</span>
            <span className="text-muted">{note}</span>
          </span>
          {leads !== '' && (
            <span className="flex items-center gap-1.5 text-muted">
              <ArrowRight aria-hidden className="size-3.5 shrink-0" />
              <span>{leads}</span>
              <ArrowRight aria-hidden className="size-3.5 shrink-0" />
            </span>
          )}
        </li>
      ))}
      <li className="flex items-center gap-2 text-muted">
        <ArrowRight aria-hidden className="size-3.5 shrink-0" />
        else the caller gets the last failure
      </li>
    </ol>
  );
}
