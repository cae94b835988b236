'use client';

import { Button } from '@parley/ui/button';
import { Field, Select } from '@parley/ui/field';
import { FilterInput } from '@parley/ui/filter-input';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { CAPABILITIES, type Capability } from './capabilities.ts';
import { CatalogueRow } from './catalogue-row.tsx';
import type { Model } from './model-sheet.tsx';
import type { Provider } from './provider-card.tsx';
import { useRefresh } from './use-refresh.ts';

const SORTS = [
  { value: 'best', label: 'Current first' },
  { value: 'name', label: 'Name' },
  { value: 'input', label: 'Cheapest input' },
  { value: 'output', label: 'Cheapest output' },
  { value: 'window', label: 'Widest window' },
] as const;
type Sort = (typeof SORTS)[number]['value'];

/** Parley's catalogue of a provider's models: search, compare, choose several, add them with what is known filled in. */
export function CatalogueSheet({
  provider: first,
  providers,
  models,
  onClose,
  onByName,
}: {
  /** Short name of the provider to begin with. */
  provider: string | null;
  providers: readonly Provider[];
  /** What the tenant has: shown as added. */
  models: readonly Model[];
  onClose: () => void;
  onByName: (provider: string) => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const known = providers.filter(({ preset }) => preset !== null);
  const [slug, setSlug] = useState(first ?? known[0]?.slug ?? providers[0]?.slug ?? '');
  const [query, setQuery] = useState('');
  const [can, setCan] = useState<Capability | ''>('');
  const [sort, setSort] = useState<Sort>('best');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const provider = providers.find((one) => one.slug === slug);
  const preset = provider?.preset ?? null;
  const found = useQuery(
    trpc.providers.catalogue.queryOptions(
      { query: useDeferredValue(query), provider: preset ?? '', can, sort, limit: 500 },
      { enabled: preset !== null, placeholderData: keepPreviousData },
    ),
  );
  const add = useMutation(
    trpc.providers.addFromCatalogue.mutationOptions({
      onSuccess: async ({ added, skipped }) => {
        await refresh();
        const taken = skipped.length > 0 ? ` ${skipped.map((one) => one.slug).join(', ')}: the name is taken.` : '';
        toast({ title: `${added.length} ${added.length === 1 ? 'model' : 'models'} added.${taken}` });
        onClose();
      },
    }),
  );
  const fault = faultOf(add.error ?? found.error);
  const have = new Set(models.filter((one) => one.provider === slug).map((one) => one.providerModel));
  const items = found.data?.items ?? [];
  const toggle = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title="Add from the catalogue"
      description="Names, windows, capabilities and list prices come filled in; all of it can be changed afterwards."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={chosen.size === 0}
            busy={add.isPending}
            onClick={() => add.mutate({ provider: slug, models: [...chosen] })}
          >
            {chosen.size === 0 ? 'Add models' : `Add ${chosen.size} ${chosen.size === 1 ? 'model' : 'models'}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault && <Notice tone="danger" title={fault.issues[0]?.message ?? fault.message} />}
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Provider">
            <Select
              value={slug}
              options={providers.map((one) => ({ value: one.slug, label: one.name }))}
              onChange={(event) => {
                setSlug(event.target.value);
                setChosen(new Set());
              }}
            />
          </Field>
          <Field label="It can">
            <Select
              value={can}
              options={[{ value: '', label: 'Anything' }, ...CAPABILITIES]}
              onChange={(event) => setCan(CAPABILITIES.find(({ value }) => value === event.target.value)?.value ?? '')}
            />
          </Field>
          <Field label="Order">
            <Select
              value={sort}
              options={SORTS}
              onChange={(event) => setSort(SORTS.find(({ value }) => value === event.target.value)?.value ?? 'best')}
            />
          </Field>
        </div>
        {preset === null ? (
          <Notice tone="info" title="The catalogue does not know which models this provider has.">
            It was not picked from the provider table. Add its models by name:{' '}
            <Button size="sm" onClick={() => onByName(slug)}>
              Add a model by name
            </Button>
          </Notice>
        ) : (
          <>
            <FilterInput label="Search models" value={query} onChange={setQuery} className="sm:max-w-full" />
            {found.data ? (
              <ul aria-label="Models of the catalogue" className="flex flex-col divide-y rounded-md border">
                {items.map((model) => (
                  <CatalogueRow
                    key={model.id}
                    model={model}
                    have={model.offers.some(({ name }) => have.has(name))}
                    chosen={chosen.has(model.id)}
                    onToggle={(on) => toggle(model.id, on)}
                  />
                ))}
                {items.length === 0 && <li className="p-4 text-muted text-sm">No model matches.</li>}
              </ul>
            ) : (
              <SkeletonRows rows={6} />
            )}
            {found.data && (
              <p className="text-faint text-xs">
                List prices in USD per million tokens, from{' '}
                {found.data.sources
                  .slice(0, 2)
                  .map(({ name, version, date }) => `${name} ${version} (${date})`)
                  .join(' and ')}
                . What nobody states is shown as “–”.
              </p>
            )}
          </>
        )}
      </div>
    </Sheet>
  );
}
