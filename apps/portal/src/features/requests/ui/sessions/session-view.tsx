'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { EmptyState } from '@parley/ui/empty-state';
import { Count, RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { RequestDetail } from '../request-detail.tsx';
import { nameOf } from '../request-item.ts';
import { RequestTable } from '../request-table.tsx';
import { type Session, sideOf } from './session-link.ts';
import { SessionCost } from './sessions-view.tsx';

/** One session: its sums, and its calls in the order in which they were made. */
export function SessionView({ gatewayUrl }: { gatewayUrl: string }) {
  const trpc = useTRPC();
  const { href } = useShell();
  const [sessionId] = useUrlState('session', '');
  const [applicationId] = useUrlState('application', '');
  const [sideText] = useUrlState('side', 'published');
  const [open, setOpen] = useUrlState('request', '');
  const side = sideOf(sideText);
  const found = useInfiniteQuery(
    trpc.requests.session.infiniteQueryOptions(
      { sessionId, applicationId, side },
      { getNextPageParam: (page) => page.page.nextCursor ?? undefined },
    ),
  );
  const error = faultOf(found.error);
  const [first] = found.data?.pages ?? [];
  return (
    <Page>
      <PageHeader
        title={
          <span className="inline-flex max-w-full items-center gap-1">
            <span className="break-all font-mono text-base">{sessionId || 'Session'}</span>
            {sessionId && <CopyButton text={sessionId} label="Copy the session’s id" />}
          </span>
        }
        crumbs={[{ label: 'Sessions', href: href(`sessions${side === 'consumed' ? '?side=consumed' : ''}`) }]}
        actions={
          <ButtonLink
            href={href(`requests?${new URLSearchParams({ session: sessionId, application: applicationId })}`)}
          >
            Show in the request log
          </ButtonLink>
        }
      />
      {error?.code === 'not_found' || error?.code === 'invalid_input' ? (
        <EmptyState icon={<SearchX aria-hidden />} title="No such session">
          Its calls are older than 90 days, or have been answered only seconds ago.
        </EmptyState>
      ) : error ? (
        <Notice tone="danger" title={error.message} />
      ) : first === undefined ? (
        <SkeletonRows rows={8} />
      ) : (
        <>
          <SessionSums session={first} />
          <RequestTable
            items={found.data?.pages.flatMap((page) => page.page.items) ?? []}
            open={open}
            onOpen={setOpen}
          />
          {found.hasNextPage && (
            <div className="flex justify-center">
              <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                Later calls
              </Button>
            </div>
          )}
        </>
      )}
      <Sheet open={open !== ''} onOpenChange={(isOpen) => !isOpen && setOpen('')} title="Request" wide>
        {open && <RequestDetail id={open} gatewayUrl={gatewayUrl} inSheet />}
      </Sheet>
    </Page>
  );
}

function SessionSums({ session }: { session: Session }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 rounded-md border bg-surface p-4 sm:grid-cols-4">
      <Sum name="Application">{nameOf(session.application)}</Sum>
      <Sum name="First call">
        <RelativeTime at={session.firstAt} />
      </Sum>
      <Sum name="Last call">
        <RelativeTime at={session.lastAt} />
      </Sum>
      <Sum name="Calls">
        <Count value={session.calls} />
        {session.failed > 0 && <span className="text-danger-text">, {session.failed} with errors</span>}
      </Sum>
      <Sum name="Input tokens">
        <Count value={session.inputTokens} />
      </Sum>
      <Sum name="Output tokens">
        <Count value={session.outputTokens} />
      </Sum>
      <Sum name="Cost">
        <SessionCost costs={session.costs} />
      </Sum>
      <Sum name="Models">{session.models.join(', ') || '–'}</Sum>
    </dl>
  );
}

function Sum({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="break-words font-medium text-sm">{children}</dd>
    </div>
  );
}
