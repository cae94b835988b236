'use client';

import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { Frame, hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import type { Value } from './schema-node.ts';

interface Known {
  readonly value: string;
  readonly label: string;
}

/** The things a setting may name; `null` where they are not known to this person or this form. */
function useKnown(to: string): readonly Known[] | null {
  const trpc = useTRPC();
  const { can } = useShell();
  const upstreams = useQuery({
    ...trpc.apis.upstreams.queryOptions({ limit: 200 }),
    enabled: to === 'upstream' && can('upstreams.read'),
  });
  return upstreams.data?.items.map(({ slug, name }) => ({ value: slug, label: `${name} (${slug})` })) ?? null;
}

/** Those there are, and what is set although it is not among them. */
function withSet(known: readonly Known[], set: readonly string[]): readonly Known[] {
  const lost = set.filter((value) => value !== '' && !known.some((one) => one.value === value));
  return [...known, ...lost.map((value) => ({ value, label: `${value} (not there)` }))];
}

/** The short name of something there is, chosen from a list. */
export function ReferenceField({
  to,
  optional,
  write,
  ...props
}: NodeProps & { to: string; optional: boolean; write: (text: string) => void }) {
  const known = useKnown(to);
  const value = typeof props.value === 'string' ? props.value : '';
  return (
    <Field label={props.label} hint={hintOf(props)} optional={optional} error={issuesAt(props.fault, props.path)}>
      {known ? (
        <Select
          value={value}
          onChange={({ target }) => write(target.value)}
          {...(optional ? {} : { placeholder: 'Choose' })}
          options={[...(optional ? [{ value: '', label: 'Not set' }] : []), ...withSet(known, [value])]}
        />
      ) : (
        <Input className="font-mono" value={value} onChange={({ target }) => write(target.value)} />
      )}
    </Field>
  );
}

/** Several of them, each with a tick. */
export function ReferencesField({ to, nothing, ...props }: NodeProps & { to: string; nothing: Value }) {
  const known = useKnown(to);
  const chosen = Array.isArray(props.value) ? (props.value as readonly string[]) : [];
  const options = withSet(known ?? [], chosen);
  return (
    <Frame label={props.label} hint={hintOf(props)} error={issuesAt(props.fault, props.path, true)}>
      {options.length === 0 && <p className="text-muted text-sm">There is none yet.</p>}
      <div className="flex flex-col gap-2">
        {options.map(({ value, label }) => (
          <Checkbox
            key={value}
            label={label}
            checked={chosen.includes(value)}
            onChange={(on) => {
              const next = on ? [...chosen, value] : chosen.filter((one) => one !== value);
              props.onChange(next.length === 0 ? nothing : next);
            }}
          />
        ))}
      </div>
    </Frame>
  );
}
