'use client';

import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { SETTINGS, type SettingName, type Settings } from './presets.ts';

/** What a provider needs besides address and key. */
export function SettingFields({
  needs,
  takes,
  value,
  onChange,
  fault,
}: {
  needs: readonly string[];
  takes: readonly string[];
  value: Settings;
  onChange: (settings: Settings) => void;
  fault: FormFault | null | undefined;
}) {
  const set = (name: SettingName, text: string): void => onChange({ ...value, [name]: text.trim() });
  return SETTINGS.filter(({ name }) => needs.includes(name) || takes.includes(name)).map(({ name, label, hint }) => (
    <Field
      key={name}
      label={label}
      hint={hint}
      optional={!needs.includes(name)}
      error={issueOf(fault, `settings.${name}`)}
    >
      <Input
        className="font-mono"
        spellCheck={false}
        value={value[name] ?? ''}
        onChange={(event) => set(name, event.target.value)}
      />
    </Field>
  ));
}
