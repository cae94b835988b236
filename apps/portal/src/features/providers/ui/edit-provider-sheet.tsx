'use client';

import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { FORMAT_NEEDS, givenSettings, hiddenSettings, SETTINGS, type Settings, shownSettings } from './presets.ts';
import type { Provider } from './provider-card.tsx';
import { SettingFields } from './setting-fields.tsx';
import { useRefresh } from './use-refresh.ts';

const TIMEOUTS = [
  { field: 'connectTimeoutMs', label: 'Connect within', hint: 'Until the connection stands.' },
  {
    field: 'headersTimeoutMs',
    label: 'First answer within',
    hint: 'Reasoning models think for a while before they begin.',
  },
  { field: 'totalTimeoutMs', label: 'Whole call within', hint: 'Until the last word of a streamed answer.' },
] as const;

/** Changes a provider's name, address and timeouts. */
export function EditProviderSheet({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [name, setName] = useState(provider.name);
  const [settings, setSettings] = useState<Settings>(shownSettings(provider.settings));
  const [baseUrl, setBaseUrl] = useState(provider.baseUrl);
  const [seconds, setSeconds] = useState<Record<string, string>>(
    Object.fromEntries(TIMEOUTS.map(({ field }) => [field, String(provider[field] / 1000)])),
  );
  const save = useMutation(
    trpc.providers.update.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  const fault = faultOf(save.error);
  const milliseconds = (field: string): number => Math.round(Number(seconds[field]) * 1000);
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={`Edit ${provider.name}`}
      description={`Short name: ${provider.slug}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="edit-provider" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form
        id="edit-provider"
        fault={fault}
        fields={[
          'name',
          'baseUrl',
          ...SETTINGS.map((one) => `settings.${one.name}`),
          ...TIMEOUTS.map(({ field }) => field),
        ]}
        onSubmit={() =>
          save.mutateAsync({
            provider: provider.slug,
            name,
            // Untouched, an address from the table follows the settings.
            ...(baseUrl === provider.baseUrl ? {} : { baseUrl }),
            settings: { ...hiddenSettings(provider.settings), ...givenSettings(settings) },
            connectTimeoutMs: milliseconds('connectTimeoutMs'),
            headersTimeoutMs: milliseconds('headersTimeoutMs'),
            totalTimeoutMs: milliseconds('totalTimeoutMs'),
          })
        }
      >
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <SettingFields
          needs={FORMAT_NEEDS[provider.format] ?? []}
          takes={[...Object.keys(provider.settings), ...(provider.format === 'azure' ? ['apiVersion'] : [])]}
          value={settings}
          onChange={setSettings}
          fault={fault}
        />
        <Field label="Base URL" error={issueOf(fault, 'baseUrl')} hint="Calls under way finish with the old address.">
          <Input className="font-mono" value={baseUrl} onChange={(event) => setBaseUrl(event.target.value)} />
        </Field>
        {TIMEOUTS.map(({ field, label, hint }) => (
          <Field key={field} label={label} aside="seconds" hint={hint} error={issueOf(fault, field)}>
            <Input
              inputMode="decimal"
              className="w-32"
              value={seconds[field] ?? ''}
              onChange={(event) => setSeconds({ ...seconds, [field]: event.target.value })}
            />
          </Field>
        ))}
      </Form>
    </Sheet>
  );
}
