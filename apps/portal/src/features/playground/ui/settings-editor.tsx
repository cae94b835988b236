'use client';

import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import type { Settings } from './conversation.ts';

const NUMBERS = [
  { field: 'temperature', label: 'Temperature', placeholder: '0 – 2' },
  { field: 'maxTokens', label: 'Longest answer', placeholder: 'tokens' },
  { field: 'topP', label: 'Top P', placeholder: '0 – 1' },
  { field: 'seed', label: 'Seed', placeholder: 'whole number' },
] as const;

const EFFORTS = [
  { value: '', label: 'As the model likes' },
  { value: 'minimal', label: 'Minimal' },
  { value: 'low', label: 'Low' },
  { value: 'medium', label: 'Medium' },
  { value: 'high', label: 'High' },
] as const;

interface Props {
  readonly settings: Settings;
  readonly fault: FormFault | null;
  readonly onChange: (settings: Settings) => void;
}

/** Parameters of the call; what is left empty is not sent. */
export function SettingsEditor({ settings, fault, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-3">
        {NUMBERS.map(({ field, label, placeholder }) => (
          <Field key={field} label={label} optional error={issueOf(fault, field)}>
            <Input
              inputMode="decimal"
              placeholder={placeholder}
              value={settings[field]}
              onChange={(event) => onChange({ ...settings, [field]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      <Field label="Thinking">
        <Select
          value={settings.effort}
          options={EFFORTS}
          onChange={(event) => onChange({ ...settings, effort: event.target.value as Settings['effort'] })}
        />
      </Field>
      <Field label="Stop at" optional aside="one per line">
        <Textarea
          rows={2}
          className="font-mono text-xs"
          value={settings.stop}
          onChange={(event) => onChange({ ...settings, stop: event.target.value })}
        />
      </Field>
      <Field
        label="Answer by JSON Schema"
        optional
        error={issueOf(fault, 'schema')}
        hint="The answer is to be JSON that fits it. Empty: text."
      >
        <Textarea
          rows={Math.min(14, Math.max(3, settings.schema.split('\n').length))}
          className="font-mono text-xs leading-5"
          spellCheck={false}
          placeholder={'{ "type": "object", "properties": { … } }'}
          value={settings.schema}
          onChange={(event) => onChange({ ...settings, schema: event.target.value })}
        />
      </Field>
    </div>
  );
}
