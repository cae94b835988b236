'use client';

import { Field, Input } from '@parley/ui/field';
import { clsx } from 'clsx';
import { useState } from 'react';

const WORDS = ['Too short', 'Weak', 'Fair', 'Good', 'Strong'] as const;

/** A rough measure of a password from 0 to 4: how long it is and how varied. The server's rule is length. */
function strengthOf(password: string): number {
  if (password.length < 10) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length;
  const varied = new Set(password).size;
  if (varied < 6) return 1;
  return Math.min(
    4,
    1 + (password.length >= 14 ? 1 : 0) + (password.length >= 20 ? 1 : 0) + (kinds >= 3 || varied >= 12 ? 1 : 0),
  );
}

/** A new password, with how strong it is and a way to see it. */
export function PasswordField({
  label,
  value,
  error,
  onChange,
}: {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const [shown, setShown] = useState(false);
  const strength = strengthOf(value);
  return (
    <Field
      label={label}
      error={error}
      hint="At least 10 characters. A few unrelated words are easy to remember and hard to guess."
      aside={
        <button type="button" className="hover:text-text" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide' : 'Show'}
        </button>
      }
    >
      <Input
        type={shown ? 'text' : 'password'}
        name="new-password"
        autoComplete="new-password"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {value !== '' && (
        <div className="flex items-center gap-2" aria-live="polite">
          <span aria-hidden className="flex flex-1 gap-1">
            {[1, 2, 3, 4].map((step) => (
              <span
                key={step}
                className={clsx('h-1 flex-1 rounded-full', {
                  'bg-line': strength < step,
                  'bg-danger': strength >= step && strength === 1,
                  'bg-warning-text': strength >= step && strength === 2,
                  'bg-accent': strength >= step && strength >= 3,
                })}
              />
            ))}
          </span>
          <span className="w-16 text-right text-muted text-xs">{WORDS[strength]}</span>
        </div>
      )}
    </Field>
  );
}
