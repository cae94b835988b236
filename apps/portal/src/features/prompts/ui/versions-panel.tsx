'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { DiffView } from '@parley/ui/diff';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { Skeleton, SkeletonRows } from '@parley/ui/skeleton';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Version = RouterOutputs['prompts']['versions']['items'][number];
type PublishedAs = RouterOutputs['prompts']['get']['publishedAs'];

/** Every saved version, newest first: what changed, who and why, and the way back. */
export function VersionsPanel({
  slug,
  publishedAs,
  onOpen,
}: {
  slug: string;
  publishedAs: PublishedAs;
  /** Puts a version into the editor; absent for those who may not write. */
  onOpen: ((version: Version) => void) | null;
}) {
  const trpc = useTRPC();
  const [looking, setLooking] = useState<Version | null>(null);
  const list = useInfiniteQuery(
    trpc.prompts.versions.infiniteQueryOptions(
      { prompt: slug, limit: 30 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  if (list.isPending) return <SkeletonRows rows={4} />;
  if (list.isError) return <Notice tone="danger" title={faultOf(list.error)?.message} />;
  const versions = list.data.pages.flatMap((page) => page.items);
  if (versions.length === 0) {
    return <p className="text-faint text-sm">Nothing saved yet. Each save makes a version that stays as it is.</p>;
  }
  return (
    <section aria-label="Versions" className="flex flex-col gap-3">
      <ol className="flex flex-col divide-y rounded-md border bg-surface">
        {versions.map((version) => (
          <li key={version.id}>
            <button
              type="button"
              onClick={() => setLooking(version)}
              className="flex w-full flex-col gap-0.5 px-3 py-2.5 text-left hover:bg-hover"
            >
              <span className="flex flex-wrap items-center gap-2 text-sm">
                <span className="font-medium">Version {version.number}</span>
                {publishedAs
                  .filter((one) => one.promptVersion === version.number)
                  .map((one) => (
                    <Badge key={`${one.api}/${one.version}`} tone={one.state === 'published' ? 'success' : 'neutral'}>
                      {one.api}/{one.version}
                    </Badge>
                  ))}
              </span>
              {version.note && <span className="text-muted text-sm">{version.note}</span>}
              <span className="text-faint text-xs">
                {version.createdBy ?? 'a script'} · <RelativeTime at={version.createdAt} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      {list.hasNextPage && (
        <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Earlier versions
        </Button>
      )}
      {looking && <VersionSheet slug={slug} version={looking} onClose={() => setLooking(null)} onOpen={onOpen} />}
    </section>
  );
}

function VersionSheet({
  slug,
  version,
  onClose,
  onOpen,
}: {
  slug: string;
  version: Version;
  onClose: () => void;
  onOpen: ((version: Version) => void) | null;
}) {
  const trpc = useTRPC();
  const before = version.number - 1;
  const diff = useQuery({
    ...trpc.prompts.diff.queryOptions({ prompt: slug, from: before, to: version.number }),
    enabled: before > 0,
  });
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title={`Version ${version.number}`}
      description={version.note || (before > 0 ? `What changed since version ${before}` : 'The first version')}
      footer={
        onOpen && (
          <Button
            onClick={() => {
              onOpen(version);
              onClose();
            }}
          >
            Open in the editor
          </Button>
        )
      }
    >
      {before === 0 ? (
        <pre className="whitespace-pre-wrap break-words font-mono text-xs leading-5">
          {version.definition.messages.map(({ role, text }) => `[${role}]\n${text}`).join('\n\n')}
        </pre>
      ) : diff.data ? (
        <DiffView sections={diff.data.sections} />
      ) : diff.isError ? (
        <Notice tone="danger" title={faultOf(diff.error)?.message} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Sheet>
  );
}
