'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Input } from '@parley/ui/field';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ApprovalRow } from './approval-row.tsx';
import type { Approval, Move, Show } from './approval-types.ts';
import { BulkBar } from './bulk-bar.tsx';
import { DecisionDialog } from './decision-dialog.tsx';
import { HeldNotice } from './held-notice.tsx';
import { useHeldRefusals } from './held-refusals.ts';
import { useInboxKeys } from './inbox-keys.ts';
import { ShowTabs } from './show-tabs.tsx';
import { useDecisions } from './use-decisions.ts';

const EMPTY: Readonly<Record<Show, { title: string; body: string }>> = {
  waiting: {
    title: 'Nobody is waiting',
    body: 'When somebody asks for an API whose plan needs approval, the request stands here and you get a mail.',
  },
  live: { title: 'Nobody is subscribed yet', body: 'Approved subscriptions stand here, to pause or to revoke.' },
  history: { title: 'No history yet', body: 'Refused, revoked, ended and cancelled subscriptions stand here.' },
};

/** Who asks for access and who has it: one row each, decided one by one, by keyboard, or many at once. */
export function ApprovalsView({ mayDecide }: { mayDecide: boolean }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [shownText, setShown] = useUrlState('show', 'waiting');
  const show: Show = shownText === 'live' || shownText === 'history' ? shownText : 'waiting';
  const [filter, setFilter] = useUrlState('filter', '');
  const first = useQuery({ ...trpc.approvals.inbox.queryOptions({ show }), refetchInterval: 30_000 });
  const [wantsRest, setWantsRest] = useState<Show | null>(null);
  const rest = useInfiniteQuery({
    ...trpc.approvals.inbox.infiniteQueryOptions(
      { show },
      { initialCursor: first.data?.nextCursor ?? '', getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
    enabled: wantsRest === show,
  });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [deciding, setDeciding] = useState<{ on: readonly Approval[]; move: Move } | null>(null);
  const decisions = useDecisions(() => queries.invalidateQueries({ queryKey: trpc.approvals.pathKey() }));
  const { held, hold, undo } = useHeldRefusals(({ ids, reason }) => void decisions.decide(ids, 'refuse', reason));

  const heldIds = new Set(held.flatMap((refusal) => refusal.ids));
  const further = wantsRest === show ? (rest.data?.pages.flatMap((page) => page.items) ?? []) : [];
  const rows =
    first.data && [...first.data.items, ...further].filter((row) => !heldIds.has(row.id) && matches(row, filter));
  const chosen = rows?.filter((row) => selected.has(row.id)) ?? [];
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const at = useInboxKeys({
    rows: rows ?? [],
    enabled: deciding === null,
    onToggle: show === 'waiting' && mayDecide ? toggle : null,
    onMove: mayDecide ? (row, move) => setDeciding({ on: chosen.length > 0 ? chosen : [row], move }) : null,
  });
  const fault = faultOf(first.error ?? rest.error);
  const hasMore = wantsRest === show && rest.data ? rest.hasNextPage : Boolean(first.data?.nextCursor);

  return (
    <Page>
      <PageHeader title="Approvals" description="Who asks for access to your APIs, and who has it." />
      <div className="flex flex-wrap items-end justify-between gap-3">
        <ShowTabs
          show={show}
          waiting={first.data?.waiting}
          onShow={(next) => {
            setShown(next);
            setSelected(new Set());
          }}
        />
        <Input
          type="search"
          aria-label="Filter approvals"
          placeholder="Filter by tenant, application, API"
          className="sm:max-w-72"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      {held.map((refusal) => (
        <HeldNotice key={refusal.ids.join()} refusal={refusal} onUndo={() => undo(refusal)} />
      ))}
      {decisions.failures.length > 0 && (
        <Notice tone="warning" title="Some could not be decided">
          <ul className="list-inside list-disc">
            {decisions.failures.map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
          </ul>
        </Notice>
      )}
      {chosen.length > 0 && (
        <BulkBar
          count={chosen.length}
          onMove={(move) => setDeciding({ on: chosen, move })}
          onClear={() => setSelected(new Set())}
        />
      )}
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : rows === undefined ? (
        <SkeletonRows />
      ) : rows.length === 0 ? (
        filter ? (
          <EmptyState
            title="Nothing matches the filter"
            action={<Button onClick={() => setFilter('')}>Clear the filter</Button>}
          />
        ) : (
          held.length === 0 && (
            <EmptyState icon={<Inbox />} title={EMPTY[show].title}>
              {EMPTY[show].body}
            </EmptyState>
          )
        )
      ) : (
        <ul aria-label={`Approvals, ${show}`} className="flex flex-col gap-2">
          {rows.map((row, index) => (
            <ApprovalRow
              key={row.id}
              row={row}
              current={index === at}
              selected={selected.has(row.id)}
              onSelect={show === 'waiting' && mayDecide ? () => toggle(row.id) : null}
              onMove={mayDecide ? (move) => setDeciding({ on: [row], move }) : null}
            />
          ))}
        </ul>
      )}
      {hasMore && (
        <div className="flex justify-center">
          <Button
            busy={rest.isFetching}
            onClick={() => (wantsRest === show ? void rest.fetchNextPage() : setWantsRest(show))}
          >
            Show more
          </Button>
        </div>
      )}
      {mayDecide && rows && rows.length > 0 && (
        <p className="hidden text-faint text-xs md:block">
          Keyboard: <kbd className="font-mono">j</kbd> and <kbd className="font-mono">k</kbd> go down and up
          {show === 'waiting' && (
            <>
              , <kbd className="font-mono">x</kbd> selects, <kbd className="font-mono">a</kbd> approves,{' '}
              <kbd className="font-mono">r</kbd> refuses
            </>
          )}
          .
        </p>
      )}
      {deciding && (
        <DecisionDialog
          on={deciding.on}
          move={deciding.move}
          onClose={() => setDeciding(null)}
          onDecide={async (reason, expiresAt) => {
            const ids = deciding.on.map((row) => row.id);
            if (deciding.move === 'refuse') hold(ids, reason);
            else await decisions.decide(ids, deciding.move, reason, expiresAt);
            setSelected(new Set());
            setDeciding(null);
          }}
        />
      )}
    </Page>
  );
}

function matches(row: Approval, filter: string): boolean {
  const hay = [
    row.applicant.name,
    row.applicant.slug,
    row.applicant.person,
    row.application.name,
    row.api.name,
    row.plan.name,
  ]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
