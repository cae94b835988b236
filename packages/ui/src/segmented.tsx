'use client';

import { clsx } from 'clsx';
import { RadioGroup as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
}

/** A few short choices side by side; exactly one holds. */
export function Segmented<Value extends string>({
  label,
  segments,
  value,
  onChange,
}: {
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className="inline-flex max-w-full overflow-x-auto rounded-md border bg-sunken p-0.5"
    >
      {segments.map((segment) => (
        <Radix.Item
          key={segment.value}
          value={segment.value}
          className={clsx(
            'h-7.5 shrink-0 whitespace-nowrap rounded-sm px-2.5 text-sm transition-colors duration-100',
            segment.value === value
              ? 'bg-surface font-medium text-text ring-1 ring-line'
              : 'text-muted hover:text-text',
          )}
        >
          {segment.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
