'use client';

import { Badge } from '@parley/ui/badge';
import { EmptyState } from '@parley/ui/empty-state';
import { Input, Select } from '@parley/ui/field';
import { Count, Money, RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { MessagesSquare } from 'lucide-react';
import { useDeferredValue } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Row = RouterOutputs['conversations']['list']['items'][number];

/** Amounts of several currencies, or a dash. */
export function Costs({ costs }: { costs: Row['costs'] }) {
  if (costs.length === 0) return <span className="text-faint">–</span>;
  return costs.map(({ currency, nano }, at) => (
    <span key={currency}>
      {at > 0 && ' + '}
      <Money nano={nano} currency={currency} />
    </span>
  ));
}

export function StateOf({ state }: { state: Row['state'] }) {
  return state === 'active' ? (
    <Badge tone="success" dot>
      Active
    </Badge>
  ) : (
    <Badge dot>Archived</Badge>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'id',
    header: 'Conversation',
    cell: (row) => (
      <span className="flex flex-col">
        <span className="max-w-40 truncate font-mono text-xs sm:max-w-72" title={row.id}>
          {row.id}
        </span>
        <span className="truncate font-normal text-faint text-xs">
          {row.application.name ?? row.application.id}
          {row.personal && ', of one person'}
        </span>
      </span>
    ),
    csvValue: (row) => row.id,
  },
  {
    key: 'state',
    header: 'State',
    wide: true,
    csvValue: (row) => row.state,
    cell: (row) => <StateOf state={row.state} />,
  },
  {
    key: 'parties',
    header: 'Parties',
    wide: true,
    className: 'max-w-48',
    csvValue: (row) => row.parties.join(' '),
    cell: (row) =>
      row.parties.length === 0 ? (
        <span className="text-faint">–</span>
      ) : (
        <span className="block truncate" title={row.parties.join(', ')}>
          {row.parties.join(', ')}
        </span>
      ),
  },
  {
    key: 'turns',
    header: 'Turns',
    align: 'end',
    sortValue: (row) => row.turns,
    cell: (row) => <Count value={row.turns} />,
  },
  {
    key: 'updated',
    header: 'Last change',
    sortValue: (row) => row.updatedAt,
    cell: (row) => <RelativeTime at={row.updatedAt} />,
  },
  {
    key: 'models',
    header: 'Models',
    wide: true,
    csvValue: (row) => row.models.join(' '),
    cell: (row) => row.models.join(', ') || <span className="text-faint">–</span>,
  },
  {
    key: 'cost',
    header: 'Cost',
    align: 'end',
    wide: true,
    csvValue: (row) => row.costs.map(({ currency, nano }) => `${nano} n${currency}`).join(' '),
    cell: (row) => <Costs costs={row.costs} />,
  },
];

const STATES = [
  { value: '', label: 'In any state' },
  { value: 'active', label: 'Active' },
  { value: 'archived', label: 'Archived' },
];

/** Conversations that calls can go on with, whatever model or protocol they use. */
export function ConversationsView() {
  const trpc = useTRPC();
  const { href, can } = useShell();
  const [search, setSearch] = useUrlState('q', '');
  const [application, setApplication] = useUrlState('application', '');
  const [party, setParty] = useUrlState('party', '');
  const [state, setState] = useUrlState('state', '');
  const asked = {
    search: useDeferredValue(search).trim().slice(0, 64),
    application,
    party: useDeferredValue(party).trim().slice(0, 64),
    ...(state === 'active' || state === 'archived' ? { state } : {}),
  };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
  const list = useInfiniteQuery(
    trpc.conversations.list.infiniteQueryOptions(given, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const applications = useQuery({
    ...trpc.conversations.applications.queryOptions({ limit: 200 }),
    enabled: can('applications.read'),
  });
  const error = faultOf(list.error);
  const filtered = Object.keys(given).length > 0;
  return (
    <Page>
      <PageHeader
        title="Conversations"
        description="Kept by the gateway for our applications: a call that names one is answered with what was said before in mind, whatever model or protocol it uses."
      />
      {error ? (
        <Notice tone="danger" title={error.message} />
      ) : (
        <DataTable
          label="Conversations"
          columns={COLUMNS}
          rows={list.data?.pages.flatMap((page) => page.items)}
          rowKey={(row) => row.id}
          rowHref={(row) => href(`conversations/${row.id}`)}
          more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : null}
          toolbar={
            <div className="grid w-full grid-cols-2 gap-2 sm:flex sm:w-auto sm:flex-wrap">
              <Input
                type="search"
                aria-label="Beginning of an id"
                placeholder="Beginning of an id"
                className="sm:w-48"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
              />
              <Input
                type="search"
                aria-label="Party"
                placeholder="Party"
                className="sm:w-36"
                value={party}
                onChange={(event) => setParty(event.target.value)}
              />
              <Select
                aria-label="Application"
                value={application}
                onChange={(event) => setApplication(event.target.value)}
                options={[
                  { value: '', label: 'All applications' },
                  ...(applications.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name })),
                ]}
              />
              <Select
                aria-label="State"
                value={state}
                onChange={(event) => setState(event.target.value)}
                options={STATES}
              />
            </div>
          }
          empty={
            filtered ? (
              <EmptyState icon={<MessagesSquare aria-hidden />} title="No conversation matches">
                Ids are searched from their beginning, parties by their whole name. Titles are sealed, so they are not
                searched.
              </EmptyState>
            ) : (
              <EmptyState icon={<MessagesSquare aria-hidden />} title="No conversation yet">
                An application opens one with <code className="font-mono text-xs">POST /v1/sessions</code> and names it
                in the header <code className="font-mono text-xs">X-Context-ID</code> of its calls to models. It stands
                here some seconds later.
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}
