'use client';

import { optionSummary } from '@parley/domain/upstreams/option-summary';
import { OPTION_GROUPS, type OptionName } from '@parley/domain/upstreams/option-words';
import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { Segmented } from '@parley/ui/segmented';
import { useState } from 'react';
import type { Fields, Value } from '@/schema-form/schema-node.ts';
import { type OptionForm, OptionRow } from './option-row.tsx';
import { OptionsYaml } from './options-yaml.tsx';
import type { Upstream } from './upstream-sheet.tsx';

interface Props {
  readonly forms: readonly OptionForm[];
  /** As they are kept; what was not changed is told as a sentence. */
  readonly kept: Upstream['options'] | undefined;
  readonly options: Fields;
  readonly onChange: (options: Fields) => void;
  readonly token: { readonly value: string; readonly kept: boolean; readonly onChange: (token: string) => void };
  readonly fault: FormFault | null;
  /** Told whether the YAML can be read at the moment. */
  readonly onBroken: (broken: boolean) => void;
}

/** How calls are spread over targets and guarded: by forms, or all at once as YAML. */
export function OptionsSection({ forms, kept, options, onChange, token, fault, onBroken }: Props) {
  const [view, setView] = useState<'forms' | 'yaml'>('forms');
  const set = (name: string, value: Value): void => {
    const { [name]: _, ...rest } = options;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  const sentence = (name: OptionName): string | undefined =>
    kept?.[name] !== undefined && kept[name] === options[name] ? optionSummary(name, kept[name] as never) : undefined;
  return (
    <section aria-label="Spreading and guarding" className="flex flex-col gap-4 border-t pt-5">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h3 className="font-semibold text-base">Spreading and guarding</h3>
          <p className="text-muted text-sm">Everything here is off until you want it: one plain address is enough.</p>
        </div>
        <Segmented
          label="Show options as"
          segments={[
            { value: 'forms', label: 'Options' },
            { value: 'yaml', label: 'YAML' },
          ]}
          value={view}
          onChange={(next) => {
            onBroken(false);
            setView(next);
          }}
        />
      </div>
      {view === 'yaml' ? (
        <OptionsYaml options={options} fault={fault} onChange={onChange} onBroken={onBroken} />
      ) : (
        OPTION_GROUPS.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h4 className="mb-1 font-medium text-faint text-xs">{group.title}</h4>
            <ul className="flex flex-col divide-y border-y">
              {group.options.map((name) => {
                const form = forms.find((one) => one.name === name);
                if (!form) return null;
                return (
                  <OptionRow
                    key={name}
                    form={form}
                    value={options[name]}
                    sentence={sentence(name)}
                    fault={fault}
                    onChange={(value) => set(name, value)}
                  >
                    {name === 'discovery' && asksToken(options['discovery']) && (
                      <Field
                        label="Token"
                        optional
                        error={issueOf(fault, 'discoveryToken')}
                        hint={
                          token.kept
                            ? 'One is kept, sealed, and stays while this is empty.'
                            : 'What Consul or Kubernetes is asked with. Kept sealed and never shown again.'
                        }
                      >
                        <Input
                          type="password"
                          autoComplete="off"
                          className="font-mono"
                          value={token.value}
                          onChange={(event) => token.onChange(event.target.value)}
                        />
                      </Field>
                    )}
                  </OptionRow>
                );
              })}
            </ul>
          </section>
        ))
      )}
    </section>
  );
}

/** Discovery by an HTTP API may need a token. */
function asksToken(discovery: Value): boolean {
  const kind = (discovery as Fields | undefined)?.['kind'];
  return kind === 'consul' || kind === 'kubernetes';
}
