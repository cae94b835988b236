'use client';

import { Field, Input } from '@parley/ui/field';

/** A text as scopes: separated by spaces, commas or lines. */
export function scopesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ''))];
}

interface Props {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error?: string | undefined;
}

/** What a credential may be used for, where an API asks for scopes. */
export function ScopesField({ value, onChange, error }: Props) {
  return (
    <Field
      label="Scopes"
      optional
      hint="Only for APIs that ask for some, like orders:read; separated by spaces."
      error={error}
    >
      <Input
        className="font-mono"
        spellCheck={false}
        value={value}
        placeholder="orders:read orders:write"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
