'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Plus, X } from 'lucide-react';
import { type ComponentType, useState } from 'react';
import { Frame, hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import { singular } from './field-words.ts';
import { isFields, type Schema, startValue, type Value } from './schema-node.ts';

type Entry = readonly [name: string, value: Value];

/** Objects under names of one's own; each with its name and its fields, which `inside` shows. */
export function EntriesField({
  values,
  inside: Inside,
  nothing,
  ...props
}: NodeProps & { values: Schema; inside: ComponentType<NodeProps>; nothing: Value }) {
  const { label, value, onChange, path, fault } = props;
  const stored = isFields(value) ? value : {};
  // Names are typed letter by letter, and two may be the same for a while: what was typed stays as long as it means the value.
  const [typed, setTyped] = useState<readonly Entry[]>(() => Object.entries(stored));
  const entries = JSON.stringify(Object.fromEntries(typed)) === JSON.stringify(stored) ? typed : Object.entries(stored);
  const one = singular(label);
  const change = (next: readonly Entry[]): void => {
    setTyped(next);
    onChange(next.length === 0 ? nothing : Object.fromEntries(next));
  };
  return (
    <Frame label={label} hint={hintOf(props)} error={issuesAt(fault, path)}>
      {entries.map(([name, entry], at) => (
        <div
          key={at}
          role="group"
          aria-label={`${one} ${at + 1}`}
          className="flex flex-col gap-4 rounded-md bg-sunken p-3"
        >
          <div className="flex items-end justify-between gap-2">
            <Field
              label="Name"
              className="flex-1"
              error={
                entries.some(([other], index) => other === name && index !== at)
                  ? 'Each needs a name of its own.'
                  : issuesAt(fault, `${path}.${name}`)
              }
            >
              <Input
                className="font-mono"
                spellCheck={false}
                value={name}
                onChange={({ target }) =>
                  change(entries.map((old, index) => (index === at ? [target.value, old[1]] : old)))
                }
              />
            </Field>
            <IconButton
              label={`Remove ${one} ${at + 1}`}
              size="sm"
              onClick={() => change(entries.filter((_, index) => index !== at))}
            >
              <X />
            </IconButton>
          </div>
          <Inside
            {...props}
            schema={values}
            value={entry}
            path={`${path}.${name}`}
            required
            onChange={(next) => change(entries.map((old, index) => (index === at ? [old[0], next] : old)))}
          />
        </div>
      ))}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        onClick={() => change([...entries, ['', startValue(values) ?? '']])}
      >
        Add {one}
      </Button>
    </Frame>
  );
}
