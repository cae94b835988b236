'use client';

import { ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Checkbox, Input, Select } from '@parley/ui/field';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { RangePicker, useRange } from '@parley/ui/range-picker';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { CAPABILITIES, capabilityLabel } from './capabilities.ts';
import { TRAITS } from './compare-columns.tsx';
import { type Compared, compared, fits } from './compare-figures.ts';
import { SideBySide } from './compare-side.tsx';

/** As many as a screen has room for. */
const MOST_CHOSEN = 5;

function columnsOf(chosen: readonly string[], toggle: (slug: string, on: boolean) => void): Column<Compared>[] {
  return [
    {
      key: 'model',
      header: 'Model',
      sortValue: (model) => model.slug,
      cell: (model) => (
        <Checkbox
          checked={chosen.includes(model.slug)}
          disabled={chosen.length >= MOST_CHOSEN && !chosen.includes(model.slug)}
          onChange={(on) => toggle(model.slug, on)}
          label={<span className="whitespace-nowrap font-mono">{model.slug}</span>}
          hint={model.provider}
        />
      ),
    },
    ...TRAITS.map(({ key, header, cell, value, wide }): Column<Compared> => {
      const column = { key, header, cell, sortValue: value, align: 'end' } as const;
      return wide ? { ...column, wide } : column;
    }),
  ];
}

/** Models of this tenant by price, window and what was measured of their calls; some of them side by side. */
export function CompareView() {
  const trpc = useTRPC();
  const { href } = useShell();
  const range = useRange('7d');
  const models = useQuery(trpc.providers.models.queryOptions({ limit: 200 }));
  const usage = useQuery(
    trpc.usage.breakdown.queryOptions(
      { ...range.range, side: 'published', by: 'model', limit: 500 },
      { placeholderData: keepPreviousData },
    ),
  );
  const [provider, setProvider] = useUrlState('provider', '');
  const [capability, setCapability] = useUrlState('can', '');
  const [mostInput, setMostInput] = useUrlState('input', '');
  const [leastWindow, setLeastWindow] = useUrlState('window', '');
  const [beside, setBeside] = useUrlState('with', '');
  const chosen = beside.split(',').filter(Boolean).slice(0, MOST_CHOSEN);
  const setChosen = (slugs: readonly string[]): void => setBeside(slugs.join(','));
  const fault = faultOf(models.error ?? usage.error);
  const inService = models.data?.items.filter(({ disabledAt }) => disabledAt === null);
  // Prices are there at once; what is measured comes when it was added up.
  const all = inService && compared(inService, usage.data?.rows ?? []);
  const shown = all?.filter((model) => fits(model, { provider, capability, mostInput, leastWindow }));
  const side = chosen.flatMap((slug) => all?.find((model) => model.slug === slug) ?? []);
  const providers = [...new Set(inService?.map((model) => model.provider))].sort();
  const toggle = (slug: string, on: boolean): void =>
    setChosen(on ? [...chosen, slug] : chosen.filter((one) => one !== slug));
  return (
    <Page>
      <PageHeader
        title="Compare models"
        crumbs={[{ label: 'Models & providers', href: href('models') }]}
        description="Prices and windows as set here; times, speed and errors as measured of calls to your APIs, the gateway’s own part included."
        actions={<RangePicker state={range} />}
      />
      {fault && <Notice tone="danger" title={fault.message} />}
      {side.length > 0 && (
        <SideBySide models={side} onRemove={(model) => toggle(model.slug, false)} onClear={() => setChosen([])} />
      )}
      <DataTable
        label="Models compared"
        columns={columnsOf(chosen, toggle)}
        rows={shown}
        rowKey={(model) => model.id}
        initialSort="input"
        filterText={(model) => `${model.slug} ${model.name} ${model.provider}`}
        toolbar={
          <>
            <Select
              aria-label="Provider"
              className="w-40"
              value={provider}
              onChange={(event) => setProvider(event.target.value)}
              options={[
                { value: '', label: 'Any provider' },
                ...providers.map((slug) => ({ value: slug, label: slug })),
              ]}
            />
            <Select
              aria-label="Capability"
              className="w-44"
              value={capability}
              onChange={(event) => setCapability(event.target.value)}
              options={[
                { value: '', label: 'Any capability' },
                ...CAPABILITIES.map(({ value }) => ({ value, label: capabilityLabel(value) })),
              ]}
            />
            <span className="w-36">
              <Input
                aria-label="Most for a million tokens of input"
                inputMode="decimal"
                placeholder="Input ≤"
                value={mostInput}
                onChange={(event) => setMostInput(event.target.value.replace(',', '.'))}
              />
            </span>
            <span className="w-36">
              <Input
                aria-label="Least window, tokens"
                placeholder="Window ≥ 128k"
                value={leastWindow}
                onChange={(event) => setLeastWindow(event.target.value)}
              />
            </span>
          </>
        }
        empty={
          <EmptyState
            title={all?.length === 0 ? 'No model yet' : 'No model is like that'}
            action={all?.length === 0 && <ButtonLink href={href('models')}>Add a model</ButtonLink>}
          >
            {all?.length === 0
              ? 'Models that you add are compared here.'
              : 'Ask for less: a model whose price or window is not known fits no bound.'}
          </EmptyState>
        }
      />
      <p className="text-faint text-xs">
        First token: median of streamed calls. Tokens / s: output tokens over whole calls, waiting included. Errors:
        answered with 5xx. A dash: not known, or nothing was measured in this time.
      </p>
    </Page>
  );
}
