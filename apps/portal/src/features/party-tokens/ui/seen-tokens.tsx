'use client';

import { Badge } from '@parley/ui/badge';
import { EmptyState } from '@parley/ui/empty-state';
import { Input } from '@parley/ui/field';
import { Count, Money, RelativeTime } from '@parley/ui/format';
import { Link } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Row = RouterOutputs['partyTokens']['list']['items'][number];

function columns(href: (path: string) => string): readonly Column<Row>[] {
  return [
    {
      key: 'parties',
      header: 'Who acts',
      sortValue: (row) => row.acting,
      csvValue: (row) => row.acting,
      cell: (row) => (
        <span className="flex min-w-0 flex-col">
          <span className="truncate font-medium">{row.acting}</span>
          <span className="truncate text-faint text-xs">
            {row.acting === row.principal ? 'for itself' : `for ${row.principal}`}
          </span>
        </span>
      ),
    },
    {
      key: 'token',
      header: 'Token',
      wide: true,
      csvValue: (row) => row.tokenId,
      cell: (row) => (
        <span className="flex min-w-0 flex-col gap-0.5">
          <span className="max-w-40 truncate font-mono text-xs" title={row.tokenId}>
            {row.tokenId}
          </span>
          {row.revokedAt && (
            <span>
              <Badge tone="danger">Revoked here</Badge>
            </span>
          )}
        </span>
      ),
    },
    { key: 'application', header: 'Application', wide: true, cell: (row) => row.application.name ?? '–' },
    {
      key: 'calls',
      header: 'Calls',
      align: 'end',
      sortValue: (row) => row.calls,
      cell: (row) => (
        <>
          <Count value={row.calls} />
          {row.failed > 0 && <span className="text-danger-text">, {row.failed} refused or failed</span>}
        </>
      ),
    },
    {
      key: 'last',
      header: 'Last call',
      sortValue: (row) => row.lastAt,
      cell: (row) => <RelativeTime at={row.lastAt} />,
    },
    {
      key: 'session',
      header: 'Conversation',
      wide: true,
      csvValue: (row) => row.sessions.join(' '),
      cell: (row) => {
        const [first] = row.sessions.filter((one) => one.startsWith('ses_'));
        if (!first) return <span className="text-faint">–</span>;
        return (
          <Link
            href={href(`conversations/${first}`)}
            className="block max-w-32 truncate font-mono text-accent-text text-xs hover:underline"
          >
            {first}
          </Link>
        );
      },
    },
    {
      key: 'cost',
      header: 'Cost',
      align: 'end',
      wide: true,
      csvValue: (row) => row.costs.map(({ currency, nano }) => `${nano} n${currency}`).join(' '),
      cell: (row) =>
        row.costs.length === 0 ? (
          <span className="text-faint">–</span>
        ) : (
          row.costs.map(({ currency, nano }) => <Money key={currency} nano={nano} currency={currency} />)
        ),
    },
  ];
}

/** Tokens that made calls. Tokens themselves are kept nowhere, so that one which was never used is not known. */
export function SeenTokens() {
  const trpc = useTRPC();
  const { href } = useShell();
  const [party, setParty] = useUrlState('party', '');
  const asked = useDeferredValue(party).trim().slice(0, 64);
  const list = useInfiniteQuery(
    trpc.partyTokens.list.infiniteQueryOptions(asked ? { party: asked } : {}, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
    }),
  );
  const error = faultOf(list.error);
  const shown = useMemo(() => columns(href), [href]);
  if (error) return <Notice tone="danger" title={error.message} />;
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-2xl text-muted text-sm">
        Known from the records of calls of the last 30 days. Tokens themselves are kept nowhere: one that was never used
        does not stand here, and only who has its text can revoke it before it ends.
      </p>
      <DataTable
        label="Tokens"
        columns={shown}
        rows={list.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => row.tokenId}
        more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : null}
        toolbar={
          <Input
            type="search"
            aria-label="Party"
            placeholder="Party"
            className="max-w-60"
            value={party}
            onChange={(event) => setParty(event.target.value)}
          />
        }
        empty={
          <EmptyState
            icon={<KeyRound aria-hidden />}
            title={asked ? 'No token of this party' : 'No token was used yet'}
          >
            {asked
              ? 'Parties are searched by their whole id.'
              : 'Issue one, and call with it where an API key would stand.'}
          </EmptyState>
        }
      />
    </div>
  );
}
