'use client';

import { Field, Textarea } from '@parley/ui/field';
import { useState } from 'react';
import { hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import { exact, unitsOf } from './field-words.ts';
import { bare, isFields, textOf, type Value } from './schema-node.ts';

type Props = NodeProps & { readonly nothing: null | undefined; readonly optional: boolean };

interface Form {
  /** Writes a value as text, and reads it back; they agree on every text that was read. */
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value;
}

/** A text box over a value: what was typed stays as it was typed as long as it means the value. */
function Typed({
  form,
  note,
  error,
  optional,
  ...props
}: Props & { form: Form; note: string; error: string | undefined }) {
  const { label, value, onChange, nothing } = props;
  const [text, setText] = useState(() => form.write(value));
  const read = (typed: string): Value => (typed.trim() === '' && optional ? nothing : form.read(typed));
  const shown = JSON.stringify(read(text)) === JSON.stringify(value) ? text : form.write(value);
  return (
    <Field label={label} aside={note} hint={hintOf(props)} optional={optional} error={error}>
      <Textarea
        rows={Math.min(10, Math.max(3, shown.split('\n').length + 1))}
        spellCheck={false}
        className="font-mono text-xs"
        value={shown}
        onChange={({ target }) => {
          setText(target.value);
          onChange(read(target.value));
        }}
      />
    </Field>
  );
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const scalar = (text: string, numbers: boolean, size = 1): Value =>
  numbers && !Number.isNaN(Number(text)) ? exact(Number(text) * size) : text;

/** A list of texts or numbers, one in a line. */
export function LinesField({ numbers, ...props }: Props & { numbers: boolean }) {
  const { fault, path, value, schema, name } = props;
  // The smallest unit: a line is one number, with no unit beside it.
  const [unit] = numbers ? unitsOf(name, bare(schema).schema.items?.unit) : [];
  const size = unit?.size ?? 1;
  const values = Array.isArray(value) ? (value as readonly Value[]) : [];
  const wrong = fault?.issues.filter((issue) => issue.path.startsWith(`${path}.`)) ?? [];
  const beside = wrong.map((issue) => {
    const line = values[Number(issue.path.slice(path.length + 1))];
    return line === undefined ? issue.message : `“${textOf(line)}”: ${issue.message}`;
  });
  const error = [issuesAt(fault, path), ...beside].filter(Boolean).join(' ') || undefined;
  const form: Form = {
    write: (list) =>
      Array.isArray(list)
        ? (list as readonly Value[]).map((one) => textOf(typeof one === 'number' ? exact(one / size) : one)).join('\n')
        : '',
    read: (text) => linesOf(text).map((line) => scalar(line, numbers, size)),
  };
  return <Typed {...props} form={form} note={unit ? `in ${unit.label}, one per line` : 'one per line'} error={error} />;
}

/** Names with a text or number each, one `name: value` in a line. */
export function PairsField({ numbers, ...props }: Props & { numbers: boolean }) {
  const form: Form = {
    write: (pairs) =>
      isFields(pairs)
        ? Object.entries(pairs)
            .map(([name, value]) => `${name}: ${textOf(value)}`)
            .join('\n')
        : '',
    read: (text) =>
      Object.fromEntries(
        linesOf(text).map((line) => {
          const [name = '', ...rest] = line.split(':');
          return [name.trim(), scalar(rest.join(':').trim(), numbers)];
        }),
      ),
  };
  return (
    <Typed {...props} form={form} note="name: value, one per line" error={issuesAt(props.fault, props.path, true)} />
  );
}

/** What no form fits: JSON. */
export function RawField(props: Props) {
  const form: Form = {
    write: (value) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)),
    read: (text) => {
      try {
        return JSON.parse(text) as Value;
      } catch {
        // Kept as it is typed; the server says that it is not what is wanted.
        return text;
      }
    },
  };
  return <Typed {...props} form={form} note="as JSON" error={issuesAt(props.fault, props.path, true)} />;
}
