'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Activity, Pause, Play } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ExportButton } from './export-button.tsx';
import { RequestDetail } from './request-detail.tsx';
import { RequestFilters } from './request-filters.tsx';
import { RequestTable } from './request-table.tsx';
import { useRequestsState } from './requests-state.ts';
import { useTail } from './use-tail.ts';

/** The log: filters above, calls beneath, one call's detail at the side; live when asked. */
export function RequestsView({ gatewayUrl }: { gatewayUrl: string }) {
  const trpc = useTRPC();
  const { href } = useShell();
  const state = useRequestsState();
  const question = { ...state.filter, ...state.between };
  const list = useInfiniteQuery(
    trpc.requests.list.infiniteQueryOptions(question, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const tail = useTail(state.live, state.filter);
  const listed = list.data?.pages.flatMap((page) => page.items);
  const newest = new Set(tail.items.map((item) => item.id));
  const items = listed && [...tail.items, ...listed.filter((item) => !newest.has(item.id))];
  const error = faultOf(list.error);

  return (
    <Page>
      <PageHeader
        title="Requests"
        description="Every call, answered or refused. Bodies are kept only where an API’s body log says so."
        actions={
          <>
            <ExportButton question={question} />
            <Button
              aria-pressed={state.live}
              variant={state.live ? 'primary' : 'secondary'}
              icon={state.live ? <Pause aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
              onClick={() => state.setLive(!state.live)}
            >
              {state.live ? 'Pause' : 'Live'}
            </Button>
          </>
        }
      />
      <RequestFilters state={state} />
      {state.live && (
        <p role="status" className="-my-2 flex items-center gap-2 text-muted text-xs">
          <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
          {tail.error ??
            (tail.items.length === 0
              ? 'Waiting for calls; they show here a few seconds after they are answered.'
              : `${tail.items.length} since you went live.`)}
        </p>
      )}
      {error ? (
        <Notice tone="danger" title={error.message}>
          {error.issues.map((issue) => issue.message).join(' ')}
        </Notice>
      ) : items === undefined ? (
        <SkeletonRows rows={10} />
      ) : items.length > 0 ? (
        <>
          <RequestTable items={items} open={state.open} onOpen={state.setOpen} onCode={state.setCode} />
          {list.hasNextPage && (
            <div className="flex justify-center">
              <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Older calls
              </Button>
            </div>
          )}
        </>
      ) : state.filtered ? (
        <EmptyState
          icon={<Activity />}
          title="No call matches"
          action={<Button onClick={state.clear}>Clear all filters</Button>}
        >
          Try a longer time, or fewer filters. A new call needs a few seconds to get here.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Activity />}
          title="No calls in this range"
          action={
            <ButtonLink href={href('home')} variant="primary">
              See the next step
            </ButtonLink>
          }
        >
          As soon as an application calls with its key, the call stands here: what it asked, how long it took, what it
          cost, and if it was refused, why.
        </EmptyState>
      )}
      <Sheet open={state.open !== ''} onOpenChange={(open) => !open && state.setOpen('')} title="Request" wide>
        {state.open && <RequestDetail id={state.open} gatewayUrl={gatewayUrl} inSheet />}
      </Sheet>
    </Page>
  );
}
