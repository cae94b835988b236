'use client';

import { Button } from '@parley/ui/button';
import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { CAPABILITIES, type Capability } from './capabilities.ts';
import { isPriced, noPrice, priceFieldPaths, priceOf } from './price-draft.ts';
import { PriceFields } from './price-fields.tsx';
import type { Provider } from './provider-card.tsx';
import { useRefresh } from './use-refresh.ts';

export type Model = RouterOutputs['providers']['models']['items'][number];

/** What the sheet begins with: a model to change, or what is known of a new one. */
export interface ModelDraft {
  readonly model?: Model;
  readonly provider?: string;
  readonly providerModel?: string;
}

/** A provider's name as one that callers may use: without its maker's path, in lower case. */
function suggestSlug(providerModel: string): string {
  return (providerModel.split('/').at(-1) ?? '').toLowerCase().replaceAll(/[^a-z0-9._:-]+/g, '-');
}

/** Adds a model, or changes what stands behind its name. */
export function ModelSheet({
  draft,
  providers,
  onClose,
}: {
  draft: ModelDraft;
  providers: readonly Provider[];
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const { tenant } = useShell();
  const { model } = draft;
  const [providerModel, setProviderModel] = useState(model?.providerModel ?? draft.providerModel ?? '');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [name, setName] = useState(model?.name ?? '');
  const [provider, setProvider] = useState(model?.provider ?? draft.provider ?? providers[0]?.slug ?? '');
  const [contextTokens, setContextTokens] = useState(String(model?.contextTokens ?? ''));
  const [maxOutputTokens, setMaxOutputTokens] = useState(String(model?.maxOutputTokens ?? ''));
  const [capabilities, setCapabilities] = useState<ReadonlySet<string>>(new Set(model?.capabilities ?? ['chat']));
  const [price, setPrice] = useState(noPrice(tenant.currency));
  const slug = ownSlug ?? suggestSlug(providerModel);
  const done = async (): Promise<void> => {
    await refresh();
    onClose();
  };
  const create = useMutation(trpc.providers.createModel.mutationOptions({ onSuccess: done }));
  const update = useMutation(trpc.providers.updateModel.mutationOptions({ onSuccess: done }));
  const fault = faultOf(create.error ?? update.error);
  const tokens = (text: string): number | null => (text.trim() === '' ? null : Number(text.replaceAll(/[\s,_]/g, '')));

  const submit = () => {
    const fields = {
      provider,
      providerModel,
      contextTokens: tokens(contextTokens),
      maxOutputTokens: tokens(maxOutputTokens),
      capabilities: CAPABILITIES.map(({ value }) => value).filter((value) => capabilities.has(value)),
      ...(name.trim() ? { name } : {}),
    };
    if (model) return update.mutateAsync({ model: model.slug, ...fields });
    const priced = isPriced(price) ? { price: priceOf(price) } : {};
    return create.mutateAsync({ slug, ...fields, ...priced });
  };
  const toggle = (value: Capability, on: boolean): void => {
    const next = new Set(capabilities);
    if (on) next.add(value);
    else next.delete(value);
    setCapabilities(next);
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={model ? `Edit ${model.slug}` : 'Add a model'}
      description={
        model
          ? 'Its name for callers stays; what stands behind it may change at any time.'
          : 'Callers use it by its short name.'
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="model" variant="primary" busy={create.isPending || update.isPending}>
            {model ? 'Save' : 'Add model'}
          </Button>
        </>
      }
    >
      <Form
        id="model"
        fault={fault}
        fields={[
          'slug',
          'name',
          'provider',
          'providerModel',
          'contextTokens',
          'maxOutputTokens',
          ...priceFieldPaths('price.'),
        ]}
        onSubmit={submit}
      >
        <Field label="Provider" error={issueOf(fault, 'provider')}>
          <Select
            value={provider}
            onChange={(event) => setProvider(event.target.value)}
            placeholder="Choose a provider"
            options={providers.map((one) => ({ value: one.slug, label: one.name }))}
          />
        </Field>
        <Field
          label="Name at the provider"
          error={issueOf(fault, 'providerModel')}
          hint="Exactly as the provider writes it. “Test” on the provider’s card lists them."
        >
          <Input
            className="font-mono"
            spellCheck={false}
            value={providerModel}
            onChange={(event) => setProviderModel(event.target.value)}
          />
        </Field>
        {!model && (
          <Field
            label="Name for callers"
            error={issueOf(fault, 'slug')}
            hint="What programs send as “model”. It stays."
          >
            <Input
              className="font-mono"
              spellCheck={false}
              value={slug}
              onChange={(event) => setOwnSlug(event.target.value)}
            />
          </Field>
        )}
        <Field label="Display name" optional error={issueOf(fault, 'name')}>
          <Input value={name} placeholder={slug} onChange={(event) => setName(event.target.value)} />
        </Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Window" optional aside="tokens" error={issueOf(fault, 'contextTokens')}>
            <Input
              inputMode="numeric"
              placeholder="128000"
              value={contextTokens}
              onChange={(event) => setContextTokens(event.target.value)}
            />
          </Field>
          <Field label="Longest answer" optional aside="tokens" error={issueOf(fault, 'maxOutputTokens')}>
            <Input
              inputMode="numeric"
              placeholder="16384"
              value={maxOutputTokens}
              onChange={(event) => setMaxOutputTokens(event.target.value)}
            />
          </Field>
        </div>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium text-sm">It can</legend>
          <div className="grid grid-cols-2 gap-2">
            {CAPABILITIES.map(({ value, label }) => (
              <Checkbox
                key={value}
                label={label}
                checked={capabilities.has(value)}
                onChange={(on) => toggle(value, on)}
              />
            ))}
          </div>
        </fieldset>
        {!model && (
          <fieldset className="flex flex-col gap-3 border-t pt-4">
            <legend className="sr-only">Price</legend>
            <div>
              <p aria-hidden className="font-medium text-sm">
                Price per million tokens
              </p>
              <p className="text-faint text-xs">
                What a call costs is counted by it. Without a price, calls are refused; 0 is a price.
              </p>
            </div>
            <PriceFields draft={price} onChange={setPrice} fault={fault} prefix="price." />
          </fieldset>
        )}
      </Form>
    </Sheet>
  );
}
