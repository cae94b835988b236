'use client';

import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { Checkbox as RadixCheckbox, RadioGroup as RadixRadio, Switch as RadixSwitch } from 'radix-ui';
import { type ReactNode, useId } from 'react';

interface ToggleProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

function Labelled({ id, label, hint }: { id: string; label: ReactNode; hint: ReactNode }) {
  return (
    <span className="flex min-w-0 flex-col">
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
      {hint && (
        <span id={`${id}-hint`} className="text-faint text-xs">
          {hint}
        </span>
      )}
    </span>
  );
}

/** One of several things that may be chosen. */
export function Checkbox({ label, hint, checked, onChange, disabled, className }: ToggleProps) {
  const id = useId();
  return (
    <div className={clsx('flex items-start gap-2.5', className)}>
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        disabled={disabled ?? false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(value) => onChange(value === true)}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-xs border border-line-strong bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent disabled:opacity-55"
      >
        <RadixCheckbox.Indicator>
          <Check aria-hidden className="size-3" strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <Labelled id={id} label={label} hint={hint} />
    </div>
  );
}

/** On or off, at once. */
export function Switch({ label, hint, checked, onChange, disabled, className }: ToggleProps) {
  const id = useId();
  return (
    <div className={clsx('flex items-start justify-between gap-4', className)}>
      <Labelled id={id} label={label} hint={hint} />
      <RadixSwitch.Root
        id={id}
        checked={checked}
        disabled={disabled ?? false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={onChange}
        className="relative h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors duration-100 data-[state=checked]:bg-accent disabled:opacity-55"
      >
        <RadixSwitch.Thumb className="block size-4 translate-x-0.5 rounded-full bg-surface transition-transform duration-100 data-[state=checked]:translate-x-4.5" />
      </RadixSwitch.Root>
    </div>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

/** A few choices, each with a line of explanation; exactly one holds. */
export function Choices({
  label,
  choices,
  value,
  onChange,
  className,
}: {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
  className?: string;
}) {
  return (
    <RadixRadio.Root
      aria-label={label}
      value={value}
      onValueChange={onChange}
      className={clsx('grid gap-2', className)}
    >
      {choices.map((choice) => (
        <RadixRadio.Item
          key={choice.value}
          value={choice.value}
          disabled={choice.disabled ?? false}
          className="group flex items-start gap-3 rounded-md border p-3 text-left hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft disabled:opacity-55"
        >
          <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface group-data-[state=checked]:border-accent">
            <RadixRadio.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span className="flex min-w-0 flex-col">
            <span className="font-medium text-sm">{choice.label}</span>
            {choice.hint && <span className="text-muted text-xs">{choice.hint}</span>}
          </span>
        </RadixRadio.Item>
      ))}
    </RadixRadio.Root>
  );
}
