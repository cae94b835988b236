'use client';

import { Badge, StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, Workflow } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { NewApiSheet } from './new-api-sheet.tsx';
import { KINDS, VISIBILITY } from './words.ts';

type Api = RouterOutputs['apis']['list']['items'][number];

const COLUMNS: readonly Column<Api>[] = [
  {
    key: 'name',
    header: 'API',
    sortValue: (row) => row.name,
    cell: (row) => (
      <span className="flex flex-col">
        <span>{row.name}</span>
        <span className="font-mono font-normal text-faint text-xs">{row.slug}</span>
      </span>
    ),
  },
  { key: 'kind', header: 'Kind', sortValue: (row) => row.kind, cell: (row) => <Badge>{KINDS[row.kind].label}</Badge> },
  {
    key: 'versions',
    header: 'Versions',
    csvValue: (row) => row.versions.map(({ version, state }) => `${version} ${state}`).join(', '),
    cell: (row) => (
      <span className="flex flex-wrap gap-1">
        {row.versions.length === 0 && <span className="text-faint">none</span>}
        {row.versions.slice(-3).map(({ version, state }) => (
          <StateBadge key={version} state={state} label={`${version} · ${state === 'review' ? 'in review' : state}`} />
        ))}
      </span>
    ),
  },
  {
    key: 'visibility',
    header: 'Found by',
    wide: true,
    sortValue: (row) => row.visibility,
    cell: (row) => (row.team ? `Team ${row.team}` : VISIBILITY[row.visibility].label),
  },
  {
    key: 'plans',
    header: 'Plans',
    align: 'end',
    wide: true,
    sortValue: (row) => row.planCount,
    cell: (row) => row.planCount,
  },
  {
    key: 'subscribers',
    header: 'Subscribers',
    align: 'end',
    sortValue: (row) => row.subscriberCount,
    cell: (row) => row.subscriberCount,
  },
  {
    key: 'changed',
    header: 'Changed',
    wide: true,
    sortValue: (row) => row.updatedAt,
    cell: (row) => <RelativeTime at={row.updatedAt} />,
  },
];

/** Every API of the tenant's own, in whatever state. */
export function ApisView() {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const mayWrite = can('apis.write');
  const list = useInfiniteQuery(
    trpc.apis.list.infiniteQueryOptions({ limit: 200 }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const [adding, setAdding] = useState(false);
  const rows = list.data?.pages.flatMap((page) => page.items);
  const fault = faultOf(list.error);
  return (
    <Page>
      <PageHeader
        title="APIs"
        description="What you publish: services, prompts and models, each with versions, plans and subscribers."
        actions={
          mayWrite &&
          (rows?.length ?? 0) > 0 && (
            <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
              New API
            </Button>
          )
        }
      />
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : (
        <DataTable
          label="APIs"
          columns={COLUMNS}
          rows={rows}
          rowKey={(row) => row.id}
          rowHref={(row) => href(`apis/${row.slug}`)}
          filterText={(row) => `${row.name} ${row.slug} ${row.summary} ${row.kind} ${row.tags.join(' ')}`}
          initialSort="name"
          more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : null}
          empty={
            <EmptyState
              icon={<Workflow />}
              title="No API yet"
              action={
                mayWrite && (
                  <Button variant="primary" onClick={() => setAdding(true)}>
                    Make an API
                  </Button>
                )
              }
            >
              Publish a service, a prompt or a set of models, and others can subscribe to it.
            </EmptyState>
          }
        />
      )}
      {adding && <NewApiSheet onClose={() => setAdding(false)} />}
    </Page>
  );
}
