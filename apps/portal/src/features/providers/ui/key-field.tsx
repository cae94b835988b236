'use client';

import { Field, Input, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';

/** What a key is, by the way a provider is told who calls. */
const KEYS: Readonly<Record<string, { readonly hint: string; readonly placeholder: string }>> = {
  google: {
    hint: 'The service account’s JSON file, whole. Stored sealed; nobody can read it back.',
    placeholder: '{ "type": "service_account", … }',
  },
  aws: {
    hint: 'An access key pair as JSON, or a Bedrock API key. Stored sealed; nobody can read it back.',
    placeholder: '{ "accessKeyId": "…", "secretAccessKey": "…" }',
  },
  none: { hint: 'Leave it empty unless your server asks for one.', placeholder: '' },
};
const PLAIN = { hint: 'Stored sealed; nobody can read it back.', placeholder: '' };

const AUTH_OF_FORMAT: Readonly<Record<string, string>> = { vertex: 'google', bedrock: 'aws' };

/** A provider's key: one line, or the JSON that some clouds hand out. Never shown as it is typed. */
export function KeyField({
  format,
  auth,
  value,
  onChange,
  fault,
  optional,
  hint,
}: {
  format: string;
  auth?: string;
  value: string;
  onChange: (text: string) => void;
  fault: FormFault | null | undefined;
  optional?: boolean;
  hint?: string | undefined;
}) {
  const kind = AUTH_OF_FORMAT[format] ?? auth ?? 'bearer';
  const words = KEYS[kind] ?? PLAIN;
  const long = kind === 'google' || kind === 'aws';
  return (
    <Field label="Key" optional={optional ?? false} error={issueOf(fault, 'secret')} hint={hint ?? words.hint}>
      {long ? (
        <Textarea
          rows={4}
          autoComplete="off"
          spellCheck={false}
          className="font-mono [-webkit-text-security:disc]"
          placeholder={words.placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          type="password"
          autoComplete="off"
          className="font-mono"
          placeholder={words.placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
