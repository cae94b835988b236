'use client';

import { StateBadge } from '@parley/ui/badge';
import { RelativeTime } from '@parley/ui/format';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useTRPC } from '@/trpc/client.tsx';
import { amountText, passRate } from './figures.ts';

const EVERY_MS = 3000;

/** The newest runs: how much passed, and what it cost. */
export function RunList({ slug, chosen, onChoose }: { slug: string; chosen: string; onChoose: (run: string) => void }) {
  const trpc = useTRPC();
  const runs = useQuery({
    ...trpc.prompts.runs.queryOptions({ prompt: slug }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((run) => run.state === 'waiting' || run.state === 'running') ? EVERY_MS : false,
  });
  if (runs.isPending) return <SkeletonRows rows={3} />;
  const items = runs.data?.items ?? [];
  if (items.length === 0) return <p className="text-faint text-sm">Nothing has been run yet.</p>;
  return (
    <ol className="flex max-h-72 flex-col divide-y overflow-y-auto rounded-md border bg-surface">
      {items.map((run) => (
        <li key={run.id}>
          <button
            type="button"
            aria-pressed={run.id === chosen}
            onClick={() => onChoose(run.id)}
            className={clsx(
              'flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2.5 text-left text-sm hover:bg-hover',
              run.id === chosen && 'bg-hover',
            )}
          >
            <span className="font-medium">{run.dataset}</span>
            <StateBadge state={run.state} />
            <span className="text-muted">
              {run.columns.length === 1 ? '1 column' : `${run.columns.length} columns`}
            </span>
            <span className="tabular-nums">{passRate(run.columns)} passed</span>
            <span className="tabular-nums">{amountText(run.cost, run.currency)}</span>
            <span className="ml-auto text-faint text-xs">
              <RelativeTime at={run.createdAt} />
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
