'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { KeyField } from './key-field.tsx';
import type { ModelDraft } from './model-sheet.tsx';
import {
  addressOf,
  FORMAT_NEEDS,
  FORMATS,
  givenSettings,
  OTHER,
  type Preset,
  type ProviderFormat,
  type Settings,
  SIMULATOR,
  settingsOfKey,
} from './presets.ts';
import { SettingFields } from './setting-fields.tsx';
import { TestResult } from './test-result.tsx';
import { useRefresh } from './use-refresh.ts';

interface Props {
  readonly preset: Preset;
  readonly onBack: () => void;
  readonly onClose: () => void;
  readonly onAddModel: (draft: ModelDraft) => void;
  readonly onCatalogue: (provider: string) => void;
}

/** Name, settings, address and key of a new provider, with everything known of it filled in; then its first call. */
export function ProviderForm({ preset, onBack, onClose, onAddModel, onCatalogue }: Props) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [naming, setNaming] = useState(preset === OTHER ? NO_NAME : { name: preset.name, ownSlug: preset.slug });
  const [ownFormat, setFormat] = useState<ProviderFormat>(preset.format);
  const [settings, setSettings] = useState<Settings>({});
  const [ownUrl, setOwnUrl] = useState<string | null>(null);
  const [secret, setSecret] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const create = useMutation(trpc.providers.create.mutationOptions());
  const addKey = useMutation(trpc.providers.addKey.mutationOptions());
  const test = useMutation(trpc.providers.test.mutationOptions());
  const fault = faultOf(create.error ?? addKey.error ?? test.error);
  const format = preset === OTHER ? ownFormat : preset.format;
  const needs = [...preset.needs, ...(FORMAT_NEEDS[format] ?? [])];
  const known = addressOf(preset, settings);
  const baseUrl = ownUrl ?? known;

  // An address from the table is left to it, so that it follows the settings later on.
  const asked = () => ({
    name: naming.name,
    slug: slugOfValue(naming),
    ...(preset.id === null ? { format, baseUrl } : { preset: preset.id, ...(ownUrl === null ? {} : { baseUrl }) }),
    settings: givenSettings(settings),
  });
  // A step that succeeded is not repeated when a later one fails and the form is sent again.
  const submit = async (): Promise<void> => {
    const provider = made ?? (await create.mutateAsync(asked())).slug;
    setMade(provider);
    if (secret.trim() && !addKey.isSuccess) await addKey.mutateAsync({ provider, label: 'main', secret });
    await refresh();
    await test.mutateAsync({ provider });
  };

  if (made && test.data) {
    return (
      <div className="flex flex-col gap-4">
        <p className="text-sm">
          <span className="font-medium">{naming.name}</span> is added. This is how a first call went:
        </p>
        <TestResult outcome={test.data} onAdd={(providerModel) => onAddModel({ provider: made, providerModel })} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button busy={test.isPending} onClick={() => test.mutate({ provider: made })}>
            Test again
          </Button>
          <Button onClick={() => onAddModel({ provider: made })}>Add a model by name</Button>
          {preset.modelCount > 0 ? (
            <Button variant="primary" onClick={() => onCatalogue(made)}>
              Choose models
            </Button>
          ) : (
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          )}
        </div>
        {!test.data.ok && (
          <p className="text-muted text-sm">
            Address and timeouts can be changed on its card, and keys added or removed.
          </p>
        )}
      </div>
    );
  }
  return (
    <Form
      fault={fault}
      fields={['name', 'slug', 'format', 'baseUrl', 'secret', ...needs.map((name) => `settings.${name}`)]}
      onSubmit={submit}
    >
      <NameFields value={naming} onChange={setNaming} fault={fault} hint="Names it in files and scripts. It stays." />
      {preset === OTHER && (
        <Field label="It speaks" error={issueOf(fault, 'format')} hint="It stays as it is chosen here.">
          <Select
            value={format}
            options={FORMATS}
            onChange={(event) => setFormat(FORMATS.find(({ value }) => value === event.target.value)?.value ?? format)}
          />
        </Field>
      )}
      <SettingFields needs={needs} takes={preset.takes} value={settings} onChange={setSettings} fault={fault} />
      <Field
        label="Base URL"
        error={issueOf(fault, 'baseUrl')}
        hint={format === 'openai_chat' ? 'The part before /chat/completions; it usually ends in /v1.' : undefined}
      >
        <Input
          className="font-mono"
          spellCheck={false}
          placeholder="https://…/v1"
          value={baseUrl}
          onChange={(event) => setOwnUrl(event.target.value)}
        />
      </Field>
      <KeyField
        format={format}
        auth={preset.auth}
        value={secret}
        onChange={(text) => {
          setSecret(text);
          setSettings((given) => settingsOfKey(format, text, given));
        }}
        fault={fault}
        optional
        hint={preset === SIMULATOR ? 'Any text that starts with sim-.' : undefined}
      />
      {preset.docsUrl && (
        <a
          href={preset.docsUrl}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 self-start text-accent-text text-sm hover:underline"
        >
          What {preset.name} says about its API <ExternalLink aria-hidden className="size-3.5" />
        </a>
      )}
      <div className="flex justify-between gap-2">
        <Button variant="ghost" icon={<ArrowLeft className="size-4" />} onClick={onBack} disabled={made !== null}>
          Back
        </Button>
        <Button type="submit" variant="primary" busy={create.isPending || addKey.isPending || test.isPending}>
          Add and test
        </Button>
      </div>
    </Form>
  );
}
