'use client';

import { shortNameOf } from '@parley/kernel/short-name';
import type { ReactNode } from 'react';
import { Field, Input } from './field.tsx';
import { type FormFault, issueOf } from './form.tsx';

export interface NameValue {
  readonly name: string;
  /** `null` while the short name follows the name. */
  readonly ownSlug: string | null;
}

export const NO_NAME: NameValue = { name: '', ownSlug: null };

export function slugOfValue(value: NameValue): string {
  return value.ownSlug ?? shortNameOf(value.name);
}

/** A name and the short name made from it, which may be changed. Issues stand at `name` and `slug`. */
export function NameFields({
  value,
  onChange,
  fault,
  hint,
  nameLabel = 'Name',
}: {
  value: NameValue;
  onChange: (value: NameValue) => void;
  fault: FormFault | null | undefined;
  /** Where the short name will stand. */
  hint?: ReactNode;
  nameLabel?: string;
}) {
  return (
    <>
      <Field label={nameLabel} error={issueOf(fault, 'name')}>
        <Input
          name="name"
          autoComplete="off"
          value={value.name}
          onChange={(event) => onChange({ ...value, name: event.target.value })}
        />
      </Field>
      <Field label="Short name" error={issueOf(fault, 'slug')} hint={hint}>
        <Input
          name="slug"
          className="font-mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={slugOfValue(value)}
          onChange={(event) => onChange({ ...value, ownSlug: event.target.value.toLowerCase() })}
        />
      </Field>
    </>
  );
}
