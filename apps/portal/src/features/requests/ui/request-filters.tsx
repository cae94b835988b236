import { Button } from '@parley/ui/button';
import { Input, Select } from '@parley/ui/field';
import { FilterChip } from '@parley/ui/filter-chip';
import { RangePicker } from '@parley/ui/range-picker';
import { Segmented } from '@parley/ui/segmented';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { AnswerFilters } from './answer-filters.tsx';
import { nameOf } from './request-item.ts';
import { type RequestsState, STATUSES } from './requests-state.ts';

const STATUS_WORDS: Readonly<Record<(typeof STATUSES)[number], string>> = {
  '': 'All',
  '2xx': '2xx',
  '4xx': '4xx',
  '429': '429',
  '5xx': '5xx',
  failed: 'All errors',
};

/** What narrows the log: time, side, status, what was called and by whom, a request id or part of a path. */
export function RequestFilters({ state }: { state: RequestsState }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <RangePicker state={state.range} />
        <Segmented
          label="Whose calls"
          value={state.side}
          onChange={state.setSide}
          segments={[
            { value: 'all', label: 'All calls' },
            { value: 'published', label: 'To our APIs' },
            { value: 'consumed', label: 'By our applications' },
          ]}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative min-w-60 flex-1">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
          />
          <Input
            type="search"
            aria-label="Find a request id or part of a path"
            placeholder="Request id or part of a path"
            value={state.search}
            onChange={(event) => state.setSearch(event.target.value)}
            className="pl-9"
          />
        </div>
        <Group state={state} by="api" word="API" />
        <Group state={state} by="application" word="application" />
        <Group state={state} by="model" word="model" />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <AnswerFilters state={state.answer} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label="Status"
          value={STATUSES.find((status) => status === state.status) ?? ''}
          onChange={state.setStatus}
          segments={STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] }))}
        />
        {state.code && <FilterChip name="Code" value={state.code} onClear={() => state.setCode('')} />}
        {state.filtered && (
          <Button variant="ghost" size="sm" onClick={state.clear}>
            Clear all filters
          </Button>
        )}
      </div>
    </div>
  );
}

const SETTERS = { api: 'setApi', application: 'setApplication', model: 'setModel' } as const;

/** A choice among what had calls in the last 30 days. */
function Group({ state, by, word }: { state: RequestsState; by: keyof typeof SETTERS; word: string }) {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const groups = useQuery(
    trpc.requests.groups.queryOptions(
      { by, side: state.side, range: '30d', timeZone: tenant.timezone },
      { staleTime: 60_000 },
    ),
  );
  const rows = groups.data?.rows.filter((row) => row.key !== '') ?? [];
  const chosen = state[by];
  if (rows.length === 0 && !chosen) return null;
  const known = rows.some((row) => row.key === chosen);
  return (
    <Select
      aria-label={`Which ${word}`}
      className="w-44 max-sm:w-[calc(50%-0.25rem)]"
      value={chosen}
      onChange={(event) => state[SETTERS[by]](event.target.value)}
      options={[
        { value: '', label: `Every ${word}` },
        ...rows.map((row) => ({ value: row.key, label: by === 'model' ? row.key : nameOf(row.name) })),
        ...(chosen && !known ? [{ value: chosen, label: by === 'model' ? chosen : `…${chosen.slice(-8)}` }] : []),
      ]}
    />
  );
}
