'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Checkbox, Field, Input, Select, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { Plus, Trash2 } from 'lucide-react';
import { type Draft, emptyVariable, STRUCTURED, type VariableDraft } from './draft.ts';

const TYPE_WORDS: Readonly<Record<VariableDraft['type'], string>> = {
  string: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  enum: 'One of a list',
  array: 'List',
  object: 'Object',
  json: 'JSON',
};
const TYPES = Object.entries(TYPE_WORDS).map(([value, label]) => ({ value, label }));

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** The variables callers send, each with its type, bounds and default. */
export function VariablesEditor({ draft, onChange, fault, readOnly }: Props) {
  const { variables } = draft;
  const set = (next: readonly VariableDraft[]): void => onChange({ ...draft, variables: next });
  return (
    <section aria-label="Variables" className="flex flex-col gap-3">
      <div className="flex items-center justify-between">
        <h2 className="font-semibold text-sm">Variables</h2>
        {!readOnly && (
          <Button size="sm" icon={<Plus className="size-3.5" />} onClick={() => set([...variables, emptyVariable('')])}>
            Add variable
          </Button>
        )}
      </div>
      {variables.length === 0 && (
        <p className="text-faint text-sm">
          None. Write <code className="font-mono text-xs">{'{{name}}'}</code> in a message to make a place for one.
        </p>
      )}
      {variables.map((variable, at) => (
        <VariableEditor
          key={variable.key}
          variable={variable}
          path={`definition.variables.${at}`}
          fault={fault}
          readOnly={readOnly}
          onChange={(part) => set(variables.map((one) => (one.key === variable.key ? { ...one, ...part } : one)))}
          onRemove={() => set(variables.filter((one) => one.key !== variable.key))}
        />
      ))}
    </section>
  );
}

function VariableEditor({
  variable,
  path,
  fault,
  readOnly,
  onChange,
  onRemove,
}: {
  variable: VariableDraft;
  path: string;
  fault: FormFault | null;
  readOnly: boolean;
  onChange: (part: Partial<VariableDraft>) => void;
  onRemove: () => void;
}) {
  const error = (field: string) => issueOf(fault, `${path}.${field}`);
  const numeric = variable.type === 'number' || variable.type === 'integer';
  const input = (
    field: 'fallback' | 'maxLength' | 'minimum' | 'maximum' | 'maxItems',
    label: string,
    issue: string,
  ) => (
    <Field label={label} optional error={error(issue)}>
      <Input
        disabled={readOnly}
        value={variable[field]}
        onChange={(event) => onChange({ [field]: event.target.value })}
      />
    </Field>
  );
  return (
    <div className="flex flex-col gap-3 rounded-md border bg-surface p-3">
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,9rem)_auto] items-end gap-2">
        <Field label="Name" error={error('name')}>
          <Input
            disabled={readOnly}
            className="font-mono"
            spellCheck={false}
            value={variable.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </Field>
        <Field label="Type">
          <Select
            disabled={readOnly}
            value={variable.type}
            onChange={(event) => onChange({ type: event.target.value as VariableDraft['type'] })}
            options={TYPES}
          />
        </Field>
        {!readOnly && (
          <IconButton label={`Remove the variable ${variable.name}`} onClick={onRemove}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      <Field label="What it is" optional error={error('description')}>
        <Input
          disabled={readOnly}
          placeholder="Shown to callers in the reference"
          value={variable.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </Field>
      {variable.type === 'enum' && (
        <Field label="Accepted texts" aside="one per line" error={error('values')}>
          <Textarea
            rows={3}
            disabled={readOnly}
            value={variable.values}
            onChange={(event) => onChange({ values: event.target.value })}
          />
        </Field>
      )}
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] gap-3">
        {input('fallback', 'Default', 'default')}
        {variable.type === 'string' && input('maxLength', 'Longest, in characters', 'maxLength')}
        {variable.type === 'array' && input('maxItems', 'Most items', 'maxItems')}
        {numeric && input('minimum', 'Smallest', 'minimum')}
        {numeric && input('maximum', 'Largest', 'maximum')}
      </div>
      {STRUCTURED.has(variable.type) && (
        <Field
          label={variable.type === 'array' ? 'JSON Schema of an item' : 'JSON Schema'}
          optional
          aside="draft 2020-12"
          error={error('schema')}
        >
          <Textarea
            rows={Math.min(12, Math.max(2, variable.schema.split('\n').length))}
            disabled={readOnly}
            spellCheck={false}
            className="font-mono text-xs leading-5"
            value={variable.schema}
            onChange={(event) => onChange({ schema: event.target.value })}
          />
        </Field>
      )}
      <Checkbox
        label="Callers must send it"
        disabled={readOnly}
        checked={variable.required}
        onChange={(required) => onChange({ required })}
        {...(variable.fallback ? { hint: 'They may leave it out, as it has a default.' } : {})}
      />
    </div>
  );
}
