'use client';

import { Field, Input, Select } from '@parley/ui/field';
import { useState } from 'react';
import { hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import { exact, type Unit, unitFor, unitsOf } from './field-words.ts';
import { bare, type Value } from './schema-node.ts';

type Props = NodeProps & { readonly nothing: null | undefined; readonly optional: boolean };

/** A number in the unit a person would say it in: `300000` of `timeoutMs` is 5 minutes. */
export function NumberField({ nothing, optional, ...props }: Props) {
  const { name, label, schema, value, onChange, path, fault } = props;
  const units = unitsOf(name, bare(schema).schema.unit);
  const [typed, setTyped] = useState(() => written(value, units));
  // Set from elsewhere (another shape was chosen): what is shown follows.
  const shown = sameAs(read(typed.text, typed.size, nothing), value) ? typed : written(value, units);
  const change = (text: string, size: number): void => {
    setTyped({ text, size });
    onChange(read(text, size, nothing));
  };
  const unit = units.find(({ size }) => size === shown.size);
  const hint = [hintOf(props), range(bare(schema).schema, units)].filter(Boolean).join(' ');
  return (
    <Field label={label} hint={hint} optional={optional} error={issuesAt(fault, path)}>
      <span className="flex max-w-72 items-center gap-2">
        <Input
          inputMode="decimal"
          className="tabular-nums"
          value={shown.text}
          onChange={({ target }) => change(target.value.replaceAll(/[^\d.-]/g, ''), shown.size)}
        />
        {units.length > 1 && (
          <Select
            id={`${path}.unit`}
            aria-label={`Unit of ${label}`}
            aria-describedby={undefined}
            className="w-28 shrink-0"
            value={String(shown.size)}
            onChange={({ target }) => change(shown.text, Number(target.value))}
            options={units.map(({ label: text, size }) => ({ value: String(size), label: text }))}
          />
        )}
        {units.length === 1 && <span className="text-muted text-sm">{unit?.label}</span>}
      </span>
    </Field>
  );
}

interface Typed {
  readonly text: string;
  readonly size: number;
}

function written(value: Value, units: readonly Unit[]): Typed {
  if (typeof value !== 'number') return { text: typeof value === 'string' ? value : '', size: units[0]?.size ?? 1 };
  const { size } = unitFor(value, units) ?? { size: 1 };
  return { text: String(exact(value / size)), size };
}

/** What is no number is given on as it was typed: the server says so beside the field. */
function read(text: string, size: number, nothing: null | undefined): Value {
  if (text.trim() === '') return nothing;
  const number = Number(text);
  return Number.isNaN(number) ? text : exact(number * size);
}

function sameAs(a: Value, b: Value): boolean {
  return a === b || (a == null && b == null);
}

function range({ minimum, maximum, default: standard }: NodeProps['schema'], units: readonly Unit[]): string {
  const said = (value: number): string => {
    const unit = unitFor(value, units);
    if (!unit) return value.toLocaleString('en');
    const count = exact(value / unit.size);
    return `${count.toLocaleString('en')} ${count === 1 ? unit.label.replace(/s$/, '') : unit.label}`;
  };
  // zod names the largest safe integer where a schema has no bound of its own.
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  return [
    from !== undefined && to !== undefined ? `From ${said(from)} to ${said(to)}.` : '',
    typeof standard === 'number' ? `Usually ${said(standard)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
