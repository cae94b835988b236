'use client';

import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from 'react';

interface FieldIds {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

const FieldContext = createContext<FieldIds | null>(null);

/** Ids that tie a control to the label, hint and error of the `Field` around it. */
export function useFieldControl(): { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: true } {
  const field = useContext(FieldContext);
  if (!field) return {};
  return {
    id: field.id,
    ...(field.describedBy ? { 'aria-describedby': field.describedBy } : {}),
    ...(field.invalid ? { 'aria-invalid': true as const } : {}),
  };
}

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong and what to do, shown beside the control. */
  readonly error?: string | null | undefined;
  readonly optional?: boolean;
  /** Right of the label: a link or a counter. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A labelled control with its hint and error. */
export function Field({ label, hint, error, optional, aside, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [error ? `${id}-error` : null, hint ? `${id}-hint` : null].filter(Boolean).join(' ') || undefined;
  return (
    <FieldContext value={{ id, describedBy, invalid: Boolean(error) }}>
      <div className={clsx('flex min-w-0 flex-col gap-1.5', className)}>
        <div className="flex items-baseline justify-between gap-3">
          <label htmlFor={id} className="font-medium text-sm">
            {label}
            {optional && <span className="ml-1.5 font-normal text-faint text-xs">optional</span>}
          </label>
          {aside && <span className="text-faint text-xs">{aside}</span>}
        </div>
        {children}
        {error && (
          <p id={`${id}-error`} role="alert" className="text-danger-text text-xs">
            {error}
          </p>
        )}
        {hint && (
          <p id={`${id}-hint`} className="text-faint text-xs">
            {hint}
          </p>
        )}
      </div>
    </FieldContext>
  );
}

/** Frame shared by everything one types into or chooses from. */
export const CONTROL =
  'w-full min-w-0 rounded-md border border-line-strong/60 bg-surface px-3 text-sm text-text transition-colors duration-100 hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-danger disabled:bg-sunken disabled:text-faint';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useFieldControl()} {...rest} className={clsx(CONTROL, 'h-9', className)} />;
}

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...useFieldControl()} rows={rows} {...rest} className={clsx(CONTROL, 'py-2', className)} />;
}

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

/** The platform's own list of choices: right on phones and for every assistive technology. */
export function Select({
  options,
  placeholder,
  className,
  ...rest
}: Omit<ComponentProps<'select'>, 'children'> & { options: readonly SelectOption[]; placeholder?: string }) {
  return (
    <span className={clsx('relative block min-w-0', className)}>
      <select {...useFieldControl()} {...rest} className={clsx(CONTROL, 'h-9 appearance-none pr-9')}>
        {placeholder !== undefined && (
          <option value="" disabled hidden>
            {placeholder}
          </option>
        )}
        {options.map(({ value, label, disabled }) => (
          <option key={value} value={value} disabled={disabled}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-faint"
      />
    </span>
  );
}

export { Checkbox, Choices, Switch } from './toggle.tsx';
