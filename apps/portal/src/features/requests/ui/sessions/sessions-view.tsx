'use client';

import { EmptyState } from '@parley/ui/empty-state';
import { Input } from '@parley/ui/field';
import { Count, Money, RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { RangePicker, useRange } from '@parley/ui/range-picker';
import { Segmented } from '@parley/ui/segmented';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery } from '@tanstack/react-query';
import { MessagesSquare } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { nameOf } from '../request-item.ts';
import { startOf } from '../requests-state.ts';
import { type Session, sessionPath, sideOf } from './session-link.ts';

const COLUMNS: readonly Column<Session>[] = [
  {
    key: 'session',
    header: 'Session',
    className: 'max-w-64',
    sortValue: (row) => row.sessionId,
    cell: (row) => (
      <span className="block truncate font-mono text-xs" title={row.sessionId}>
        {row.sessionId}
      </span>
    ),
  },
  {
    key: 'application',
    header: 'Application',
    sortValue: (row) => nameOf(row.application),
    cell: (row) => (
      <span className="flex flex-col">
        <span className="truncate">{nameOf(row.application)}</span>
        <span className="truncate text-faint text-xs">{nameOf(row.consumer)}</span>
      </span>
    ),
  },
  {
    key: 'last',
    header: 'Last call',
    sortValue: (row) => row.lastAt,
    cell: (row) => <RelativeTime at={row.lastAt} />,
  },
  {
    key: 'first',
    header: 'First call',
    wide: true,
    sortValue: (row) => row.firstAt,
    cell: (row) => <RelativeTime at={row.firstAt} />,
  },
  {
    key: 'models',
    header: 'Models',
    wide: true,
    csvValue: (row) => row.models.join(' '),
    cell: (row) => row.models.join(', ') || '–',
  },
  {
    key: 'calls',
    header: 'Calls',
    align: 'end',
    sortValue: (row) => row.calls,
    cell: (row) => <Count value={row.calls} />,
  },
  {
    key: 'failed',
    header: 'Errors',
    align: 'end',
    sortValue: (row) => row.failed,
    cell: (row) =>
      row.failed === 0 ? (
        <span className="text-faint">–</span>
      ) : (
        <span className="text-danger-text">
          <Count value={row.failed} />
        </span>
      ),
  },
  {
    key: 'tokens',
    header: 'Tokens',
    align: 'end',
    wide: true,
    sortValue: (row) => row.inputTokens + row.outputTokens,
    cell: (row) => <Count value={row.inputTokens + row.outputTokens} />,
  },
  {
    key: 'cost',
    header: 'Cost',
    align: 'end',
    wide: true,
    csvValue: (row) => row.costs.map(({ currency, nano }) => `${nano} n${currency}`).join(' '),
    cell: (row) => <SessionCost costs={row.costs} />,
  },
];

/** What a session cost, currency by currency. */
export function SessionCost({ costs }: { costs: Session['costs'] }) {
  if (costs.length === 0) return <span className="text-faint">–</span>;
  return costs.map(({ currency, nano }, at) => (
    <span key={currency}>
      {at > 0 && ' + '}
      <Money nano={nano} currency={currency} />
    </span>
  ));
}

/** Calls that their callers say belong together: a conversation, an agent's run. */
export function SessionsView() {
  const trpc = useTRPC();
  const { href } = useShell();
  const range = useRange('7d');
  const [sideText, setSide] = useUrlState('side', 'published');
  const [search, setSearch] = useUrlState('q', '');
  const side = sideOf(sideText);
  const searched = useDeferredValue(search).trim();
  const chosen = range.range;
  const between = useMemo(() => {
    if ('from' in chosen) return chosen;
    return { from: startOf(chosen.range) };
  }, [chosen]);
  const list = useInfiniteQuery(
    trpc.requests.sessions.infiniteQueryOptions(
      { side, ...between, ...(searched ? { search: searched.slice(0, 128) } : {}) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  const error = faultOf(list.error);
  return (
    <Page>
      <PageHeader
        title="Sessions"
        description="Calls that belong together, as their caller says: a conversation, or an agent’s run."
      />
      <div className="flex flex-wrap items-end justify-between gap-3">
        <RangePicker state={range} />
        <Segmented
          label="Whose sessions"
          value={side}
          onChange={setSide}
          segments={[
            { value: 'published', label: 'With our APIs' },
            { value: 'consumed', label: 'Of our applications' },
          ]}
        />
      </div>
      {error ? (
        <Notice tone="danger" title={error.message} />
      ) : (
        <DataTable
          label="Sessions"
          columns={COLUMNS}
          rows={list.data?.pages.flatMap((page) => page.items)}
          rowKey={(row) => `${row.application.id} ${row.sessionId}`}
          rowHref={(row) => href(sessionPath(row.sessionId, row.application.id, side))}
          more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : null}
          toolbar={
            <Input
              type="search"
              aria-label="Beginning of a session’s id"
              placeholder="Beginning of a session’s id"
              className="max-w-80"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          }
          empty={
            <EmptyState icon={<MessagesSquare aria-hidden />} title="No sessions in this range">
              Callers name a session with the header <code className="font-mono text-xs">X-Session-Id</code>; calls to
              models also with <code className="font-mono text-xs">metadata.session_id</code>,{' '}
              <code className="font-mono text-xs">conversation</code> or{' '}
              <code className="font-mono text-xs">prompt_cache_key</code> in their body.
            </EmptyState>
          }
        />
      )}
    </Page>
  );
}
