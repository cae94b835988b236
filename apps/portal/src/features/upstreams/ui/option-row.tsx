'use client';

import type { FormFault } from '@parley/ui/form';
import { Segmented } from '@parley/ui/segmented';
import type { ReactNode } from 'react';
import { issuesAt, Wrong } from '@/schema-form/field-parts.tsx';
import { Inside } from '@/schema-form/schema-fields.tsx';
import { bare, type Schema, startValue, type Value } from '@/schema-form/schema-node.ts';

export interface OptionForm {
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly schema: Schema;
}

type Stand = 'unset' | 'set' | 'off';

/** What an option starts with where its schema leaves that open. */
const STARTS: Readonly<Record<string, Value>> = { baseWeight: 1 };

/** One option of an upstream: left alone, set with its form, or, where it is on by itself, switched off. */
export function OptionRow({
  form: { name, title, purpose, schema },
  value,
  sentence,
  fault,
  onChange,
  children,
}: {
  form: OptionForm;
  value: Value;
  /** What it does as it is kept; absent while it is being changed. */
  sentence: string | undefined;
  fault: FormFault | null;
  onChange: (value: Value) => void;
  /** Fields that belong to it and are kept elsewhere. */
  children?: ReactNode;
}) {
  const { nullable } = bare(schema);
  const stand: Stand = value === undefined ? 'unset' : value === null ? 'off' : 'set';
  const path = `options.${name}`;
  const stands: { value: Stand; label: string }[] = [
    { value: 'unset', label: nullable ? 'Usual' : 'Off' },
    { value: 'set', label: nullable ? 'Own' : 'On' },
    ...(nullable ? [{ value: 'off' as const, label: 'Off' }] : []),
  ];
  const choose = (next: Stand): void => {
    if (next === stand) return;
    if (next === 'unset') onChange(undefined);
    else if (next === 'off') onChange(null);
    else onChange(STARTS[name] ?? startValue(bare(schema).schema) ?? '');
  };
  return (
    <li className="flex flex-col gap-3 py-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0 flex-1 basis-48">
          <h4 className="font-medium text-sm">{title}</h4>
          <p className="text-muted text-xs">{sentence ?? purpose}</p>
        </div>
        <Segmented label={title} segments={stands} value={stand} onChange={choose} />
      </div>
      <Wrong error={stand === 'set' ? undefined : issuesAt(fault, path)} />
      {stand === 'set' && (
        <fieldset className="flex min-w-0 flex-col gap-4 border-line-strong border-l-2 pl-4">
          <legend className="sr-only">{title}</legend>
          <Inside
            name={name}
            label={title}
            schema={bare(schema).schema}
            value={value}
            onChange={onChange}
            path={path}
            fault={fault}
            required
          />
          {children}
        </fieldset>
      )}
    </li>
  );
}
