'use client';

import { EmptyState } from '@parley/ui/empty-state';
import { Input, Select } from '@parley/ui/field';
import { RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { auditActor, auditDeed } from '@/words/audit-words.ts';
import { AuditDetail } from './audit-detail.tsx';
import { type AuditEntry, actionWords, SPANS } from './audit-words.ts';

/** Who did what, newest first. */
export function AuditView() {
  const trpc = useTRPC();
  const [action, setAction] = useUrlState('action', '');
  const [actorId, setActorId] = useUrlState('actor', '');
  const [span, setSpan] = useUrlState('span', '');
  const [search, setSearch] = useUrlState('q', '');
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const words = useDeferredValue(search.trim());
  const choices = useQuery(trpc.audit.choices.queryOptions({}));
  // Fixed when the span is chosen, so that all pages of one view begin at the same moment.
  const [now, setNow] = useState(() => Date.now());
  const ms = SPANS.find((one) => one.value === span)?.ms;
  const from = ms ? new Date(now - ms).toISOString() : null;
  const entries = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      {
        limit: 50,
        ...(action ? { action } : {}),
        ...(actorId ? { actorId } : {}),
        ...(words ? { search: words } : {}),
        ...(from ? { from } : {}),
      },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
  const columns: readonly Column<AuditEntry>[] = [
    {
      key: 'action',
      header: 'What',
      csvValue: (entry) => entry.action,
      cell: (entry) => (
        <button
          type="button"
          onClick={() => setOpened(entry)}
          className="text-left font-medium after:absolute after:inset-0 hover:text-accent-text focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          {auditDeed(entry.action)}
        </button>
      ),
    },
    {
      key: 'subject',
      header: 'Name',
      csvValue: (entry) => entry.subject.label,
      cell: (entry) => (
        <>
          <span className="line-clamp-1 break-all max-sm:line-clamp-2">{entry.subject.label}</span>
          <span className="line-clamp-1 text-faint text-xs sm:hidden">{auditActor(entry.actor.label)}</span>
        </>
      ),
    },
    {
      key: 'actor',
      className: 'max-sm:hidden',
      header: 'Who',
      csvValue: (entry) => entry.actor.label,
      cell: (entry) => <span className="line-clamp-1 text-muted">{auditActor(entry.actor.label)}</span>,
    },
    {
      key: 'at',
      header: 'When',
      csvValue: (entry) => entry.at,
      cell: (entry) => (
        <span className="relative z-[1] text-muted">
          <RelativeTime at={entry.at} />
        </span>
      ),
    },
  ];
  const filters = (
    <>
      <Input
        type="search"
        aria-label="Words in who or what"
        placeholder="Name or address"
        value={search}
        className="sm:max-w-52"
        onChange={(event) => setSearch(event.target.value)}
      />
      <Select
        aria-label="Action"
        className="max-sm:w-full"
        value={action}
        options={[
          { value: '', label: 'Every action' },
          ...(choices.data?.actions ?? (action ? [action] : [])).map((value) => ({ value, label: actionWords(value) })),
        ]}
        onChange={(event) => setAction(event.target.value)}
      />
      <Select
        aria-label="Person or token"
        className="max-sm:w-full sm:max-w-60"
        value={actorId}
        options={[
          { value: '', label: 'Everybody' },
          ...(choices.data?.actors ?? []).map(({ id, label }) => ({ value: id, label: auditActor(label) })),
        ]}
        onChange={(event) => setActorId(event.target.value)}
      />
      <Select
        aria-label="Time"
        className="max-sm:w-full"
        value={span}
        options={SPANS.map(({ value, label }) => ({ value, label }))}
        onChange={(event) => {
          setSpan(event.target.value);
          setNow(Date.now());
        }}
      />
    </>
  );
  return (
    <Page>
      <PageHeader
        title="Audit log"
        description="Everything that was changed here, by whom and when. Nobody can alter it."
      />
      {entries.isError ? (
        <Notice tone="danger" title={entries.error.message} />
      ) : (
        <DataTable
          label="Audit log"
          columns={columns}
          rows={entries.data?.pages.flatMap((page) => page.items)}
          rowKey={(entry) => entry.id}
          toolbar={filters}
          empty={
            <EmptyState icon={<ScrollText aria-hidden />} title="Nothing was changed that fits these filters">
              Choose another time, person or action.
            </EmptyState>
          }
          more={
            entries.hasNextPage ? { busy: entries.isFetchingNextPage, load: () => void entries.fetchNextPage() } : null
          }
        />
      )}
      <AuditDetail entry={opened} onClose={() => setOpened(null)} />
    </Page>
  );
}
