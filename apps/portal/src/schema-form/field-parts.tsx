'use client';

import type { FormFault } from '@parley/ui/form';
import type { ReactNode } from 'react';
import { bare, type Schema, type Value } from './schema-node.ts';

export interface NodeProps {
  readonly name: string;
  readonly label: string;
  readonly schema: Schema;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Where its issues stand in a fault: `policies.ipAccess.allow`. */
  readonly path: string;
  readonly fault: FormFault | null;
  readonly required: boolean;
}

/** The issues at a path; `beneath` adds those of everything within it. */
export function issuesAt(fault: FormFault | null, path: string, beneath = false): string | undefined {
  const found = fault?.issues.filter((issue) => issue.path === path || (beneath && issue.path.startsWith(`${path}.`)));
  return found && found.length > 0 ? [...new Set(found.map(({ message }) => message))].join(' ') : undefined;
}

/** What stands under a field: what it is for, and what holds when nothing is written. */
export function hintOf({ schema }: NodeProps): string | undefined {
  const text = bare(schema).schema.description ?? schema.description;
  return text && /[\p{L}\p{N})”]$/u.test(text) ? `${text}.` : text;
}

/** Several fields under one name. */
export function Frame({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: ReactNode;
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-md border p-4">
      <legend className="px-1 font-medium text-sm">{label}</legend>
      {hint && <p className="-mt-2 text-faint text-xs">{hint}</p>}
      {children}
      <Wrong error={error} />
    </fieldset>
  );
}

export function Wrong({ error }: { error: string | undefined }) {
  return error ? (
    <p role="alert" className="text-danger-text text-xs">
      {error}
    </p>
  ) : null;
}
