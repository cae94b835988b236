'use client';

import { FilterInput } from '@parley/ui/filter-input';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { OTHER, type Preset, presetOf, SIMULATOR } from './presets.ts';

/** Every provider that can be added by name, to be found by typing; in front what needs no account, and what is not listed. */
export function ProviderPicker({ onPick }: { onPick: (preset: Preset) => void }) {
  const trpc = useTRPC();
  const [filter, setFilter] = useState('');
  const table = useQuery(trpc.providers.presets.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY }));
  const wanted = filter.trim().toLowerCase();
  const all = [SIMULATOR, OTHER, ...(table.data?.items ?? []).map(presetOf)];
  const shown = all.filter((one) => `${one.name} ${one.slug} ${one.about}`.toLowerCase().includes(wanted));
  return (
    <div className="flex flex-col gap-3">
      <FilterInput label="Filter providers" value={filter} onChange={setFilter} className="sm:max-w-full" />
      <ul className="grid gap-2 sm:grid-cols-2">
        {shown.map((one) => (
          <li key={one.slug}>
            <button
              type="button"
              onClick={() => onPick(one)}
              className="flex h-full w-full flex-col items-start gap-0.5 rounded-md border p-3 text-left hover:border-accent hover:bg-hover"
            >
              <span className="font-medium text-sm">{one.name}</span>
              <span className="text-muted text-xs">{one.about}</span>
            </button>
          </li>
        ))}
      </ul>
      {table.isPending && <SkeletonRows rows={4} />}
      {shown.length === 0 && (
        <p className="text-muted text-sm">None of these. Clear the filter and take “Another server”.</p>
      )}
    </div>
  );
}
