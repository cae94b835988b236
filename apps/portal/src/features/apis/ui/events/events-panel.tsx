'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { Sheet } from '@parley/ui/sheet';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { RotateCcw, Send } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api } from '../types.ts';
import { DeliveryView } from './delivery-view.tsx';
import { type Delivery, lastTry, SHOWN, STATES } from './delivery-words.ts';
import { Destinations } from './destinations.tsx';
import { ReplayFailedDialog } from './replay-failed-dialog.tsx';

/** The list is read again this often while it is looked at: deliveries move by themselves. */
const REFRESH_MS = 5000;

/** Events of an API: every delivery, how it stands, and where events go. */
export function EventsPanel({ api }: { api: Api }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const [state, setState] = useUrlState('state', '');
  const [open, setOpen] = useUrlState('delivery', '');
  const [replaying, setReplaying] = useState(false);
  const shown = SHOWN.find(({ value }) => value === state)?.value ?? '';
  const list = useInfiniteQuery({
    ...trpc.apis.deliveries.infiniteQueryOptions(
      { api: api.slug, limit: 50, ...(shown === '' ? {} : { state: shown }) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const error = faultOf(list.error);
  if (error) return <Notice tone="danger" title={error.message} />;
  const rows = list.data?.pages.flatMap(({ items }) => items);
  return (
    <div className="flex flex-col gap-8">
      <Destinations api={api} />
      <section className="flex min-w-0 flex-col gap-3">
        <h2 className="font-semibold text-sm">Deliveries</h2>
        <DataTable
          label="Deliveries"
          columns={columns(setOpen)}
          rows={rows}
          rowKey={({ id }) => id}
          urlName="deliveries"
          empty={<NoDeliveries filtered={shown !== ''} />}
          more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : null}
          toolbar={
            <>
              <Segmented label="State" segments={SHOWN} value={shown} onChange={setState} />
              {can('apis.write') && (
                <Button icon={<RotateCcw aria-hidden className="size-3.5" />} onClick={() => setReplaying(true)}>
                  Send failed again
                </Button>
              )}
            </>
          }
        />
      </section>
      <Sheet open={open !== ''} onOpenChange={() => setOpen('')} title="Delivery" wide>
        {open !== '' && <DeliveryView id={open} />}
      </Sheet>
      {replaying && <ReplayFailedDialog api={api} onClose={() => setReplaying(false)} />}
    </div>
  );
}

function columns(onOpen: (id: string) => void): readonly Column<Delivery>[] {
  return [
    {
      key: 'event',
      header: 'Event',
      csvValue: ({ method, path }) => `${method} ${path}`,
      cell: (delivery) => (
        <button
          type="button"
          onClick={() => onOpen(delivery.id)}
          className="block max-w-full text-left after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          <span className="line-clamp-1 break-all font-mono text-xs">
            <span className="text-muted">{delivery.method}</span> {delivery.path}
          </span>
          <span className="line-clamp-1 text-faint text-xs">to {delivery.upstream}</span>
        </button>
      ),
    },
    {
      key: 'state',
      header: 'State',
      csvValue: ({ state }) => state,
      cell: ({ state }) => (
        <Badge tone={STATES[state].tone} dot>
          {STATES[state].label}
        </Badge>
      ),
    },
    {
      key: 'tries',
      header: 'Tries',
      className: 'max-md:hidden',
      csvValue: ({ tries }) => String(tries),
      cell: ({ tries }) => <span className="tabular-nums">{tries}</span>,
    },
    {
      key: 'last',
      header: 'Last try',
      className: 'max-lg:hidden',
      csvValue: lastTry,
      cell: (delivery) => <span className="line-clamp-1 text-muted">{lastTry(delivery)}</span>,
    },
    {
      key: 'next',
      header: 'Next try',
      className: 'max-md:hidden',
      csvValue: ({ nextTryAt }) => nextTryAt ?? '',
      cell: ({ nextTryAt }) => (
        <span className="relative z-[1] text-muted">
          <RelativeTime at={nextTryAt} fallback="–" />
        </span>
      ),
    },
    {
      key: 'accepted',
      header: 'Accepted',
      csvValue: ({ acceptedAt }) => acceptedAt,
      cell: ({ acceptedAt }) => (
        <span className="relative z-[1] text-muted">
          <RelativeTime at={acceptedAt} />
        </span>
      ),
    },
  ];
}

function NoDeliveries({ filtered }: { filtered: boolean }) {
  if (filtered) return <EmptyState icon={<Send />} title="No delivery is in this state" />;
  return (
    <EmptyState icon={<Send />} title="No events yet">
      With the policy “Deliver later” on a version or a route, calls are accepted at once and delivered afterwards. Each
      one then shows here, with every try.
    </EmptyState>
  );
}
