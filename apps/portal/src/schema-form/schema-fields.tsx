'use client';

import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { Switch } from '@parley/ui/toggle';
import type { ReactNode } from 'react';
import { CodeField } from './code-field.tsx';
import { EntriesField } from './entries-field.tsx';
import { Frame, hintOf, issuesAt, type NodeProps, Wrong } from './field-parts.tsx';
import { labelOf } from './field-words.ts';
import { LinesField, PairsField, RawField } from './line-fields.tsx';
import { ListField } from './list-field.tsx';
import { NumberField } from './number-field.tsx';
import { ReferenceField, ReferencesField } from './reference-fields.tsx';
import { bare, isFields, nodeOf, type Schema, shapeOf, startValue, type Value, type Variants } from './schema-node.ts';

/** The form of one part of a policy, made from its schema. */
export function SchemaNode(props: NodeProps): ReactNode {
  const { schema, value, onChange, label, path, fault, required } = props;
  const { nullable } = bare(schema);
  const node = nodeOf(schema);
  const nothing = nullable ? null : undefined;
  const optional = !required && schema.default === undefined;
  const error = issuesAt(fault, path);
  const hint = hintOf(props);
  const write = (text: string): void => onChange(text === '' && !required ? nothing : text);
  switch (node.kind) {
    case 'fixed':
      return null;
    case 'number':
      return <NumberField {...props} nothing={nothing} optional={optional} />;
    case 'text':
      return (
        <Field label={label} hint={hint} optional={optional} error={error}>
          <Input value={typeof value === 'string' ? value : ''} onChange={({ target }) => write(target.value)} />
        </Field>
      );
    case 'code':
      return <CodeField {...props} optional={optional} write={write} />;
    case 'reference':
      return <ReferenceField {...props} to={node.to} optional={optional} write={write} />;
    case 'references':
      return <ReferencesField {...props} to={node.to} nothing={optional ? nothing : []} />;
    case 'boolean':
      if (optional) return <MaybeField {...props} nothing={nothing} />;
      return (
        <div className="flex flex-col gap-1">
          <Switch label={label} hint={hint} checked={value === true} onChange={onChange} />
          <Wrong error={error} />
        </div>
      );
    case 'choice':
      return (
        <Field label={label} hint={hint} optional={optional} error={error}>
          <Select
            value={typeof value === 'string' ? value : ''}
            onChange={({ target }) => onChange(target.value === '' ? nothing : target.value)}
            options={[
              ...(optional ? [{ value: '', label: 'Not set' }] : []),
              ...node.options.map((option) => ({ value: option, label: labelOf(option) })),
            ]}
          />
        </Field>
      );
    case 'checks':
      return (
        <Frame label={label} hint={hint} error={issuesAt(fault, path, true)}>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {node.options.map((option) => {
              const chosen = Array.isArray(value) ? (value as readonly Value[]) : [];
              return (
                <Checkbox
                  key={option}
                  label={option}
                  checked={chosen.includes(option)}
                  onChange={(on) => {
                    const next = node.options.filter((one) => (one === option ? on : chosen.includes(one)));
                    onChange(optional && next.length === 0 ? nothing : next);
                  }}
                />
              );
            })}
          </div>
        </Frame>
      );
    case 'lines':
      return <LinesField {...props} numbers={node.numbers} nothing={nothing} optional={optional} />;
    case 'pairs':
      return <PairsField {...props} numbers={node.numbers} nothing={nothing} optional={optional} />;
    case 'raw':
      return <RawField {...props} nothing={nothing} optional={optional} />;
    case 'entries':
      return <EntriesField {...props} values={node.values} inside={Inside} nothing={optional ? nothing : {}} />;
    case 'list':
      return <ListField {...props} items={node.items} inside={Inside} nothing={optional ? nothing : []} />;
    default:
      return (
        <Frame label={label} hint={hint} error={error}>
          {optional || nullable ? (
            <Switch
              label={`Set ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
              checked={isFields(value)}
              onChange={(on) => onChange(on ? startValue(bare(schema).schema) : nothing)}
            />
          ) : null}
          {isFields(value) && <Inside {...props} />}
        </Frame>
      );
  }
}

/** The fields of an object, or of the shape chosen among several, without a frame around them. */
export function Inside(props: NodeProps): ReactNode {
  const node = nodeOf(props.schema);
  if (node.kind === 'variants') return <VariantFields {...props} variants={node.variants} />;
  if (node.kind !== 'group') return <SchemaNode {...props} />;
  const value = isFields(props.value) ? props.value : {};
  const required = new Set(bare(props.schema).schema.required);
  return node.fields.map(([name, schema]) => (
    <SchemaNode
      key={name}
      name={name}
      label={schema.title ?? labelOf(name)}
      schema={schema}
      value={value[name]}
      required={required.has(name)}
      path={`${props.path}.${name}`}
      fault={props.fault}
      onChange={(next) => {
        const { [name]: _, ...rest } = value;
        props.onChange(next === undefined ? rest : { ...value, [name]: next });
      }}
    />
  ));
}

/** Yes, no, or nothing said, which may mean either. */
function MaybeField({ nothing, ...props }: NodeProps & { nothing: null | undefined }) {
  const { label, value, onChange, fault, path } = props;
  return (
    <Field label={label} hint={hintOf(props)} optional error={issuesAt(fault, path)}>
      <Select
        value={typeof value === 'boolean' ? String(value) : ''}
        onChange={({ target }) => onChange(target.value === '' ? nothing : target.value === 'true')}
        options={[
          { value: '', label: 'Not set' },
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]}
      />
    </Field>
  );
}

function VariantFields({ variants, ...props }: NodeProps & { variants: Variants }) {
  const shape = shapeOf(variants, props.value);
  if (!shape) return null;
  const choose = (wanted: string): void => {
    const next = variants.shapes.find(({ value }) => value === wanted);
    if (!next) return;
    const start = startValue(next.schema);
    const before = isFields(props.value) ? props.value : {};
    const kept = Object.entries(before).filter(
      ([name]) => name !== variants.by && next.schema.properties?.[name] !== undefined,
    );
    props.onChange({ ...(isFields(start) ? start : {}), ...Object.fromEntries(kept) });
  };
  return (
    <>
      <Field label={labelOf(variants.by)} error={issuesAt(props.fault, `${props.path}.${variants.by}`)}>
        <Select
          value={shape.value}
          onChange={({ target }) => choose(target.value)}
          options={variants.shapes.map(({ value, schema }) => ({
            value,
            label: variantLabel(variants.by, value, schema),
          }))}
        />
      </Field>
      <Inside {...props} schema={shape.schema} />
    </>
  );
}

/** `Hash – the same key always to the same target`, as the shape describes itself. */
function variantLabel(by: string, value: string, schema: Schema): string {
  const name = schema.title ?? labelOf(value);
  const words = schema.properties?.[by]?.description;
  return words ? `${name} – ${words}` : name;
}
