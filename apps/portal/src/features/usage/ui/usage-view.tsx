'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Switch } from '@parley/ui/field';
import { FilterChip } from '@parley/ui/filter-chip';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { RangePicker } from '@parley/ui/range-picker';
import { Segmented } from '@parley/ui/segmented';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChartColumn } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { Freshness } from './freshness.tsx';
import { groupName } from './group-name.ts';
import { shownCurrency } from './measures.ts';
import { UsageChart } from './usage-chart.tsx';
import { SPLIT_WORDS, type UsageState, useUsageState } from './usage-state.ts';
import { UsageTable } from './usage-table.tsx';
import { UsageTiles } from './usage-tiles.tsx';

const SIDES = [
  { value: 'all', label: 'All calls' },
  { value: 'published', label: 'To our APIs' },
  { value: 'consumed', label: 'By our applications' },
] as const;

const ASKING = { placeholderData: keepPreviousData, refetchInterval: 30_000 } as const;

/** The usage page: one time, one side, one split; tiles, chart and table all show the same calls. */
export function UsageView() {
  const trpc = useTRPC();
  const { tenant, href } = useShell();
  const state = useUsageState();
  const { input, split } = state;
  const summary = useQuery(trpc.usage.summary.queryOptions(input, ASKING));
  const series = useQuery(trpc.usage.series.queryOptions({ ...input, splitBy: split, compare: state.compare }, ASKING));
  const breakdown = useQuery({
    ...trpc.usage.breakdown.queryOptions({ ...input, by: split === 'outcome' ? 'api' : split }, ASKING),
    enabled: split !== 'outcome',
  });
  const error = faultOf(summary.error ?? series.error ?? breakdown.error);
  const currency = shownCurrency(summary.data?.current, tenant.currency);
  const filtered = Object.values(state.filters).some(Boolean);
  const nothing = summary.data?.current.requests === 0 && summary.data.previous.requests === 0 && !filtered;
  // While the split changes, the lines still are those of the one before.
  const lines = series.isPlaceholderData ? undefined : series.data;
  const rows =
    split === 'outcome'
      ? lines?.lines.map((line) => ({ key: line.key, name: line.name, figures: line.total }))
      : breakdown.isPlaceholderData
        ? undefined
        : breakdown.data && [
            ...breakdown.data.rows,
            ...(breakdown.data.other ? [{ key: 'other', name: null, figures: breakdown.data.other }] : []),
          ];

  return (
    <Page>
      <PageHeader
        title="Usage"
        description="What was called, how it went and what it cost."
        badge={summary.data && <Freshness {...summary.data.freshness} />}
      />
      <div className="flex flex-wrap items-end justify-between gap-3">
        <RangePicker state={state.range} />
        <Segmented label="Whose calls" segments={SIDES} value={state.side} onChange={state.setSide} />
      </div>
      <div className="-mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Switch
          label="Compare with the time before"
          checked={state.compare}
          onChange={state.setCompare}
          className="items-center"
        />
        <Filters state={state} rows={breakdown.data?.rows ?? []} />
      </div>
      {error ? (
        <Notice tone="danger" title={error.message}>
          {error.issues.map((issue) => issue.message).join(' ')}
        </Notice>
      ) : nothing ? (
        <EmptyState
          icon={<ChartColumn />}
          title="No calls in this range"
          action={
            state.range.name === '90d' || state.range.name === 'custom' ? (
              <ButtonLink href={href('home')} variant="primary">
                See the next step
              </ButtonLink>
            ) : (
              <Button onClick={() => state.range.setName('90d')}>Look at the last 90 days</Button>
            )
          }
        >
          As soon as an application calls an API with its key, the call shows here within seconds, with its latency,
          tokens and cost.
        </EmptyState>
      ) : (
        <>
          <UsageTiles
            current={summary.data?.current}
            previous={state.compare ? (summary.data?.previous ?? null) : null}
            currency={currency}
          />
          <UsageChart state={state} series={lines} currency={currency} timezone={tenant.timezone} />
          <UsageTable
            split={split}
            rows={rows}
            total={split === 'outcome' ? summary.data?.current : breakdown.data?.total}
            currency={currency}
            onNarrow={(key) => state.narrow(split, key)}
          />
        </>
      )}
    </Page>
  );
}

/** The filters in force, by name where the name is known. */
function Filters({
  state,
  rows,
}: {
  state: UsageState;
  rows: readonly { key: string; name: { name: string | null } | null }[];
}) {
  return (['api', 'application', 'model'] as const).map((dimension) => {
    const key = state.filters[dimension];
    if (!key) return null;
    const row = state.split === dimension ? rows.find((one) => one.key === key) : undefined;
    return (
      <FilterChip
        key={dimension}
        name={SPLIT_WORDS[dimension]}
        value={row ? groupName(dimension, key, row.name) : <FilterName dimension={dimension} id={key} state={state} />}
        onClear={() => state.narrow(dimension, '')}
      />
    );
  });
}

/** The name of a filter that the page's table does not hold. */
function FilterName({
  dimension,
  id,
  state,
}: {
  dimension: 'api' | 'application' | 'model';
  id: string;
  state: UsageState;
}) {
  const trpc = useTRPC();
  const found = useQuery({
    ...trpc.usage.breakdown.queryOptions({ ...state.input, by: dimension }),
    enabled: dimension !== 'model',
  });
  if (dimension === 'model') return id;
  const row = found.data?.rows.find((one) => one.key === id);
  return row ? groupName(dimension, id, row.name) : '…';
}
