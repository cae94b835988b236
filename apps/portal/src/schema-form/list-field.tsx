'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Plus, X } from 'lucide-react';
import type { ComponentType } from 'react';
import { Frame, hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import { singular } from './field-words.ts';
import { type Schema, startValue, type Value } from './schema-node.ts';

/** A list of objects, each with its own fields, which `inside` shows. */
export function ListField({
  items,
  inside: Inside,
  nothing,
  ...props
}: NodeProps & {
  items: Schema;
  inside: ComponentType<NodeProps>;
  /** What an empty list is written as. */
  nothing: Value;
}) {
  const { label, value, onChange, path, fault } = props;
  const list = Array.isArray(value) ? (value as readonly Value[]) : [];
  const one = singular(label);
  return (
    <Frame label={label} hint={hintOf(props)} error={issuesAt(fault, path)}>
      {list.map((item, at) => (
        <div
          key={at}
          role="group"
          aria-label={`${one} ${at + 1}`}
          className="flex flex-col gap-4 rounded-md bg-sunken p-3"
        >
          <div className="flex items-center justify-between gap-2">
            <span className="text-muted text-xs">{`${one.charAt(0).toUpperCase()}${one.slice(1)} ${at + 1}`}</span>
            <IconButton
              label={`Remove ${one} ${at + 1}`}
              size="sm"
              onClick={() => {
                const rest = list.filter((_, index) => index !== at);
                onChange(rest.length > 0 ? rest : nothing);
              }}
            >
              <X />
            </IconButton>
          </div>
          <Inside
            {...props}
            schema={items}
            value={item}
            path={`${path}.${at}`}
            required
            onChange={(next) => onChange(list.map((old, index) => (index === at ? next : old)))}
          />
        </div>
      ))}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        onClick={() => onChange([...list, startValue(items) ?? ''])}
      >
        Add {one}
      </Button>
    </Frame>
  );
}
