'use client';

import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { Input } from './field.tsx';

/** A box that narrows the list below it while one types. Return does nothing, so that it may stand within a form. */
export function FilterInput({
  label,
  value,
  onChange,
  className,
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  className?: string;
}) {
  return (
    <div className={clsx('relative min-w-40 sm:max-w-64', className)}>
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint" />
      <Input
        type="search"
        aria-label={label}
        placeholder="Filter"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault();
        }}
        className="pl-9"
      />
    </div>
  );
}
