'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';

/** A filter in force, with the way to drop it. */
export function FilterChip({ name, value, onClear }: { name: string; value: ReactNode; onClear: () => void }) {
  return (
    <span className="inline-flex h-7 max-w-full items-center gap-1.5 rounded-full border bg-accent-soft pr-1 pl-3 text-accent-text text-xs">
      <span className="truncate">
        {name}: <span className="font-medium">{value}</span>
      </span>
      <button
        type="button"
        aria-label={`Drop the filter ${name}`}
        onClick={onClear}
        className="flex size-5 shrink-0 items-center justify-center rounded-full hover:bg-surface"
      >
        <X aria-hidden className="size-3" />
      </button>
    </span>
  );
}
