'use client';

import { Checkbox, Choices, Field, Input, Select, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import type { Draft } from './draft.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

const SETTINGS = [
  { field: 'temperature', label: 'Temperature', placeholder: '0 – 2', hint: 'Low keeps to the point, high varies.' },
  { field: 'maxOutputTokens', label: 'Longest answer', placeholder: 'tokens', hint: 'Cuts the answer, and its cost.' },
  { field: 'topP', label: 'Top P', placeholder: '0 – 1', hint: 'Another way to vary less.' },
  { field: 'seed', label: 'Seed', placeholder: 'whole number', hint: 'Where the model has one: alike each time.' },
] as const;

/** Model, settings, and what the answer must be. */
export function SettingsEditor({ draft, onChange, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const models = useQuery(trpc.prompts.models.queryOptions({ limit: 200 }));
  const known = (models.data?.items ?? []).map((model) => ({
    value: model.slug,
    label: model.disabledAt ? `${model.slug} (out of service)` : model.price ? model.slug : `${model.slug} (no price)`,
  }));
  const options =
    known.some(({ value }) => value === draft.model) || draft.model === ''
      ? known
      : [...known, { value: draft.model, label: `${draft.model} (gone)` }];
  return (
    <section aria-label="Model and output" className="flex flex-col gap-4">
      <h2 className="font-semibold text-sm">Model</h2>
      <Field label="Model" error={issueOf(fault, 'definition.model')}>
        <Select
          disabled={readOnly}
          placeholder="Choose a model"
          value={draft.model}
          onChange={(event) => onChange({ ...draft, model: event.target.value })}
          options={options}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {SETTINGS.map(({ field, label, placeholder, hint }) => (
          <Field key={field} label={label} optional hint={hint} error={issueOf(fault, `definition.settings.${field}`)}>
            <Input
              disabled={readOnly}
              inputMode="decimal"
              placeholder={placeholder}
              value={draft[field]}
              onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      <Field label="Stop at" optional aside="one per line" error={issueOf(fault, 'definition.settings.stop')}>
        <Textarea
          rows={2}
          disabled={readOnly}
          value={draft.stop}
          onChange={(event) => onChange({ ...draft, stop: event.target.value })}
        />
      </Field>
      <h2 className="font-semibold text-sm">Output</h2>
      <Choices
        label="Output"
        value={draft.output}
        onChange={(output) => !readOnly && onChange({ ...draft, output: output as Draft['output'] })}
        className="sm:grid-cols-2"
        choices={[
          { value: 'text', label: 'Text', hint: 'Whatever the model writes.' },
          { value: 'json', label: 'JSON', hint: 'Checked against a schema before it is passed on.' },
        ]}
      />
      {draft.output === 'json' && (
        <Checkbox
          label="Ask once more when an answer does not fit"
          hint="Both answers are paid for. Streams are not mended: callers have seen their text."
          disabled={readOnly}
          checked={draft.repair}
          onChange={(repair) => onChange({ ...draft, repair })}
        />
      )}
      {draft.output === 'json' && (
        <Field label="JSON Schema" aside="draft 2020-12" error={issueOf(fault, 'definition.output.schema')}>
          <Textarea
            rows={Math.min(24, draft.schema.split('\n').length + 1)}
            readOnly={readOnly}
            spellCheck={false}
            className="font-mono text-xs leading-5"
            value={draft.schema}
            onChange={(event) => onChange({ ...draft, schema: event.target.value })}
          />
        </Field>
      )}
    </section>
  );
}
