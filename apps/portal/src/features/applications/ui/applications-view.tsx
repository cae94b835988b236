'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Count, RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { APPLICATIONS_AT_ONCE } from './application-types.ts';
import { CreateApplicationDialog } from './create-application-dialog.tsx';

type Application = RouterOutputs['applications']['list']['items'][number];

const COLUMNS: readonly Column<Application>[] = [
  { key: 'name', header: 'Application', cell: (row) => row.name, sortValue: (row) => row.name },
  {
    key: 'slug',
    header: 'Short name',
    cell: (row) => <code className="font-mono text-muted text-xs">{row.slug}</code>,
    sortValue: (row) => row.slug,
    wide: true,
  },
  {
    key: 'subscriptions',
    header: 'Subscriptions',
    cell: (row) => (
      <>
        <Count value={row.liveSubscriptions} />
        {row.waitingSubscriptions > 0 && <span className="text-faint"> + {row.waitingSubscriptions} waiting</span>}
      </>
    ),
    sortValue: (row) => row.liveSubscriptions,
    align: 'end',
  },
  {
    key: 'keys',
    header: 'Keys',
    cell: (row) => <Count value={row.liveKeys} />,
    sortValue: (row) => row.liveKeys,
    align: 'end',
  },
  {
    key: 'used',
    header: 'Last used',
    cell: (row) => <RelativeTime at={row.lastUsedAt} />,
    sortValue: (row) => row.lastUsedAt,
  },
  {
    key: 'created',
    header: 'Created',
    cell: (row) => <RelativeTime at={row.createdAt} />,
    sortValue: (row) => row.createdAt,
    wide: true,
  },
];

/** Every application of the tenant, with what it holds and when it last called. */
export function ApplicationsView({ tenant, mayWrite }: { tenant: string; mayWrite: boolean }) {
  const trpc = useTRPC();
  const [creating, setCreating] = useState(false);
  const first = useQuery(trpc.applications.list.queryOptions({ limit: APPLICATIONS_AT_ONCE }));
  const [all, setAll] = useState(false);
  const rest = useInfiniteQuery({
    ...trpc.applications.list.infiniteQueryOptions(
      { limit: APPLICATIONS_AT_ONCE },
      { initialCursor: first.data?.nextCursor ?? '', getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
    enabled: all,
  });
  const rows = first.data && [...first.data.items, ...(rest.data?.pages.flatMap((page) => page.items) ?? [])];
  const hasMore = rest.data ? rest.hasNextPage : Boolean(first.data?.nextCursor);
  const fault = faultOf(first.error ?? rest.error);
  const create = mayWrite && (
    <Button variant="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => setCreating(true)}>
      New application
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Applications"
        description="What makes the calls. An application holds API keys and subscribes to APIs."
        actions={rows && rows.length > 0 ? create : undefined}
      />
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : (
        <DataTable
          label="Applications"
          columns={COLUMNS}
          rows={rows}
          rowKey={(row) => row.id}
          rowHref={(row) => `/t/${tenant}/applications/${row.slug}`}
          filterText={(row) => `${row.name} ${row.slug}`}
          more={
            hasMore
              ? { busy: rest.isFetching, load: () => (rest.data ? void rest.fetchNextPage() : setAll(true)) }
              : null
          }
          empty={
            <EmptyState icon={<Boxes />} title="No application yet" action={create}>
              Make one for each program that calls: a shop, a batch job, a phone app. Then give it a key.
            </EmptyState>
          }
        />
      )}
      {creating && <CreateApplicationDialog tenant={tenant} onClose={() => setCreating(false)} />}
    </Page>
  );
}
