'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { DiffView } from '@parley/ui/diff';
import { RelativeTime } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { Skeleton, SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** Everything a version has served, newest first, with what changed and the way back. */
export function RevisionsPanel({ version, mayRollBack }: { version: Version; mayRollBack: boolean }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const at = { api: version.api, version: version.version };
  const [looking, setLooking] = useState<number | null>(null);
  const list = useInfiniteQuery(
    trpc.apis.revisions.infiniteQueryOptions(
      { ...at, limit: 20 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  const rollBack = useMutation(
    trpc.apis.rollback.mutationOptions({
      onSuccess: async (after, { revision }) => {
        setLooking(null);
        await refresh();
        toast({ title: `Revision ${revision} is served again`, body: `As revision ${after.revision}.` });
      },
    }),
  );
  const revisions = list.data?.pages.flatMap((page) => page.items);
  const fault = faultOf(list.error ?? rollBack.error);
  const back = (revision: number) =>
    mayRollBack && (
      <Button
        size="sm"
        icon={<RotateCcw className="size-3.5" />}
        busy={rollBack.isPending && rollBack.variables.revision === revision}
        onClick={() => rollBack.mutate({ ...at, revision })}
      >
        Roll back to this
      </Button>
    );
  return (
    <Section
      id="history"
      title="History"
      description="Each save of what it serves. Rolling back serves an earlier one again at once."
    >
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {!revisions ? (
        <SkeletonRows rows={3} />
      ) : revisions.length === 0 ? (
        <p className="text-muted text-sm">Nothing saved yet.</p>
      ) : (
        <ol className="flex flex-col divide-y rounded-md border bg-surface">
          {revisions.map((revision) => (
            <li key={revision.number} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
              <span className="font-medium tabular-nums">Revision {revision.number}</span>
              {revision.current && <Badge tone="success">Served</Badge>}
              {revision.note && <span className="min-w-0 text-muted">{revision.note}</span>}
              <span className="text-faint text-xs">
                {revision.createdBy ?? 'a script'} · <RelativeTime at={revision.createdAt} />
              </span>
              <span className="ml-auto flex gap-1">
                <Button size="sm" variant="ghost" onClick={() => setLooking(revision.number)}>
                  Changes
                </Button>
                {!revision.current && back(revision.number)}
              </span>
            </li>
          ))}
        </ol>
      )}
      {list.hasNextPage && (
        <Button
          size="sm"
          className="self-center"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Earlier revisions
        </Button>
      )}
      {looking !== null && (
        <RevisionSheet
          version={version}
          number={looking}
          onClose={() => setLooking(null)}
          footer={looking !== version.revision && back(looking)}
        />
      )}
    </Section>
  );
}

function RevisionSheet({
  version,
  number,
  footer,
  onClose,
}: {
  version: Version;
  number: number;
  footer: React.ReactNode;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const from = Math.max(1, number - 1);
  const diff = useQuery(trpc.apis.diff.queryOptions({ api: version.api, version: version.version, from, to: number }));
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title={`Revision ${number} of ${version.version}`}
      description={number === 1 ? 'The first one.' : `What changed since revision ${from}`}
      footer={footer}
    >
      {diff.data ? (
        number === 1 ? (
          <DiffView
            sections={diff.data.sections.map((section) => ({
              ...section,
              changed: true,
            }))}
          />
        ) : (
          <DiffView sections={diff.data.sections} />
        )
      ) : diff.isError ? (
        <Notice tone="danger" title={faultOf(diff.error)?.message} />
      ) : (
        <Skeleton className="h-48 w-full" />
      )}
    </Sheet>
  );
}
