'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { VersionSheet } from './version-sheet.tsx';

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
  /** Puts a definition into the editor; absent for those who may not write. */
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
      {looking && (
        <VersionSheet
          slug={slug}
          version={looking}
          latest={versions[0]?.number ?? looking.number}
          onClose={() => setLooking(null)}
          onOpen={onOpen}
        />
      )}
    </section>
  );
}
