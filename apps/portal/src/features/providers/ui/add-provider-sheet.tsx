'use client';

import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { ModelDraft } from './model-sheet.tsx';
import { PRESETS, type Preset } from './presets.ts';
import { TestResult } from './test-result.tsx';
import { useRefresh } from './use-refresh.ts';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAddModel: (draft: ModelDraft) => void;
}

/** Leads from a kind of provider over its address and key to a real test call, and on to its first model. */
export function AddProviderSheet({ open, onClose, onAddModel }: Props) {
  const [preset, setPreset] = useState<Preset | null>(null);
  const close = (): void => {
    setPreset(null);
    onClose();
  };
  return (
    <Sheet
      open={open}
      onOpenChange={close}
      title={preset ? `Add ${preset.id === 'other' ? 'a provider' : preset.name}` : 'Add a provider'}
      description={preset ? preset.about : 'Where do your models run?'}
    >
      {preset ? (
        <ProviderForm
          preset={preset}
          onBack={() => setPreset(null)}
          onClose={close}
          onAddModel={(draft) => {
            close();
            onAddModel(draft);
          }}
        />
      ) : (
        <ul className="grid gap-2 sm:grid-cols-2">
          {PRESETS.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => setPreset(one)}
                className="flex h-full w-full flex-col items-start gap-0.5 rounded-md border p-3 text-left hover:border-accent hover:bg-hover"
              >
                <span className="font-medium text-sm">{one.name}</span>
                <span className="text-muted text-xs">{one.about}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function ProviderForm({
  preset,
  onBack,
  onClose,
  onAddModel,
}: {
  preset: Preset;
  onBack: () => void;
  onClose: () => void;
  onAddModel: (draft: ModelDraft) => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [naming, setNaming] = useState(preset.id === 'other' ? NO_NAME : { name: preset.name, ownSlug: preset.id });
  const [baseUrl, setBaseUrl] = useState(preset.baseUrl);
  const [secret, setSecret] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const create = useMutation(trpc.providers.create.mutationOptions());
  const addKey = useMutation(trpc.providers.addKey.mutationOptions());
  const test = useMutation(trpc.providers.test.mutationOptions());
  const fault = faultOf(create.error ?? addKey.error ?? test.error);

  // A step that succeeded is not repeated when a later one fails and the form is sent again.
  const submit = async (): Promise<void> => {
    const provider = made ?? (await create.mutateAsync({ name: naming.name, slug: slugOfValue(naming), baseUrl })).slug;
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
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
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
    <Form fault={fault} fields={['name', 'slug', 'baseUrl', 'secret']} onSubmit={submit}>
      <NameFields value={naming} onChange={setNaming} fault={fault} hint="Names it in files and scripts. It stays." />
      <Field
        label="Base URL"
        error={issueOf(fault, 'baseUrl')}
        hint="The part before /chat/completions; it usually ends in /v1."
      >
        <Input
          className="font-mono"
          spellCheck={false}
          placeholder="https://…/v1"
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.target.value)}
        />
      </Field>
      <Field
        label="Key"
        optional
        error={issueOf(fault, 'secret')}
        hint={
          preset.id === 'simulator'
            ? 'Any text that starts with sim-.'
            : preset.key === null
              ? 'Leave it empty unless your server asks for one.'
              : 'Stored sealed; nobody can read it back.'
        }
      >
        <Input
          type="password"
          autoComplete="off"
          className="font-mono"
          placeholder={preset.key ?? ''}
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
      </Field>
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
