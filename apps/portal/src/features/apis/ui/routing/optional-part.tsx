'use client';

import type { FormFault } from '@parley/ui/form';
import { Switch } from '@parley/ui/toggle';
import type { ReactNode } from 'react';
import { Frame, issuesAt } from '@/schema-form/field-parts.tsx';
import { Inside } from '@/schema-form/schema-fields.tsx';
import { bare, isFields, type Schema, startValue, type Value } from '@/schema-form/schema-node.ts';

/** Settings that are there or not: a switch that says what they do, and while it is on, their form. */
export function OptionalPart({
  title,
  switchLabel,
  name,
  schema,
  value,
  path,
  fault,
  onChange,
  children,
}: {
  title: string;
  switchLabel: string;
  name: string;
  schema: Schema;
  value: Value;
  path: string;
  fault: FormFault | null;
  onChange: (value: Value) => void;
  /** Below, whether on or off. */
  children?: ReactNode;
}) {
  const inner = bare(schema).schema;
  return (
    <Frame label={title} error={issuesAt(fault, path)}>
      <Switch
        label={switchLabel}
        hint={schema.description}
        checked={isFields(value)}
        onChange={(on) => onChange(on ? startValue(inner) : undefined)}
      />
      {isFields(value) && (
        <Inside
          name={name}
          label={title}
          schema={inner}
          value={value}
          onChange={onChange}
          path={path}
          fault={fault}
          required
        />
      )}
      {children}
    </Frame>
  );
}
